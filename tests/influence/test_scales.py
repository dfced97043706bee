"""Reach, weight and range of each scale."""

import pytest
import torch

from mspe.influence import measure_range
from mspe.influence.sample import Sample, draw
from mspe.influence.scales import measure_scales
from tests.conftest import AWKWARD, cycle, graph
from tests.influence.fixtures import AWKWARD_GRAPHS, LinearModel, hops, measured, packed, transformer

WALKS = {"filters": {"walk": {"steps": [0, 1, 2, 3]}, "heat": {"times": [0.5, 8.0]}}, "node": True, "pair": True}


def all_of(*graphs: object) -> Sample:
    return draw(packed(*graphs), 99, 99, 3, 0)  # type: ignore[arg-type]


def test_walks_of_k_steps_on_a_long_cycle_reach_as_far_as_a_walk_on_a_line() -> None:
    """E|S₀| = 0, E|S₁| = 1, E|S₂| = 1, E|S₃| = 3/2."""
    found = measure_scales(transformer(bank=WALKS), all_of(cycle(24)), {})
    assert [one.reach.mean for one in found[:4]] == pytest.approx([0, 1, 1, 1.5], abs=1e-5)
    assert [(one.filter, one.scale) for one in found[3:]] == [("walk", 3.0), ("heat", 0.5), ("heat", 8.0)]
    assert found[4].reach.mean < found[5].reach.mean and found[4].reach.error == 0


def test_a_kernel_joins_no_components_and_is_of_each_graph_alone() -> None:
    model = transformer(bank=WALKS)
    two = measure_scales(model, all_of(cycle(9), graph(6, [(0, 1), (1, 2), (3, 4)]), cycle(5)), {})
    means = [
        [one.reach.mean for one in measure_scales(model, all_of(g), {})]
        for g in (cycle(9), graph(6, [(0, 1), (1, 2), (3, 4)]), cycle(5))
    ]
    expected = torch.tensor(means).mean(dim=0).tolist()
    assert [one.reach.mean for one in two] == pytest.approx(expected, abs=1e-6)


def test_weights_and_ranges_are_the_models() -> None:
    model = transformer(bank=WALKS)
    with torch.no_grad():
        model.node_encoder.gate.logits[1] = 1.0
    report = measure_range(model, packed(cycle(9), cycle(12)).without_fields(["x"]), "graph")
    weights = model.scale_weights()
    assert [one.channel for one in report.scales] == list(weights["pair"])
    for one in report.scales:
        assert one.weights == {place: of[one.channel] for place, of in weights.items()}
        assert one.range == report.influence.channels[one.channel].range


@pytest.mark.parametrize("name", list(AWKWARD))
def test_awkward_graphs_have_finite_reach(name: str) -> None:
    sample = all_of(AWKWARD[name])
    wavelets = {"filters": {"wavelet": {"times": [1.0]}, "ppr": {"restarts": [0.1]}}}
    for one in measure_scales(transformer(bank=wavelets), sample, {}):
        assert one.reach.mean is None or 0 <= one.reach.mean <= sample.farthest


def test_models_without_filters_have_no_scales() -> None:
    assert measured(LinearModel(hops(1)), AWKWARD_GRAPHS).scales == []
    assert measure_scales(transformer(bank={"filters": {}, "eigenvectors": 2}), all_of(cycle(5)), {}) == []
