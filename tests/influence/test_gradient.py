"""What a batch says of its graphs is what each says alone."""

import pytest
import torch

from mspe.influence.gradient import measure
from mspe.influence.sample import draw
from mspe.influence.sites import Sites
from tests.influence.fixtures import CYCLES, LinearModel, all_pairs, hops, transformer


def test_graphs_of_a_batch_are_measured_as_alone() -> None:
    model = transformer()
    graphs = CYCLES.without_fields(["x"])
    together, apart = (
        measure(model, draw(graphs, 9, 3, size, 0), Sites.of(model), on_nodes=False, probes=99, seed=0)
        for size in (3, 1)
    )
    assert together.output.range.mean == pytest.approx(apart.output.range.mean, rel=1e-4)
    assert together.output.shares == pytest.approx(apart.output.shares, abs=1e-5)
    assert together.channels["walk(2)"].shares == pytest.approx(apart.channels["walk(2)"].shares, abs=1e-5)


def test_the_example_is_the_graph_of_median_size() -> None:
    model = LinearModel(hops(1), all_pairs)
    found = measure(model, draw(CYCLES, 9, 2, 9, 0), model.sites, on_nodes=True, probes=9, seed=0).example
    assert found.graph == 0 and len(found.influence) == len(found.edges) == 12
    neighbours = {(found.node + 1) % 12, (found.node - 1) % 12}
    top = torch.tensor(found.influence).topk(2).indices.tolist()
    assert set(top) == neighbours and found.influence[top[0]] == pytest.approx(2 * found.influence[found.node])
