"""Exchanged ends of edges: what stays, and that something changes."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.utils import erdos_renyi_graph

from mspe.influence.causal import rewire
from mspe.influence.rewiring import swap_ends
from mspe.influence.sample import draw
from tests.conftest import cycle, graph
from tests.influence.fixtures import LinearModel, all_pairs, hops, packed


def drawn(seed: int, directed: bool, sizes: tuple[int, ...] = (9, 1, 14)) -> Batch:
    torch.manual_seed(seed)
    edges = [erdos_renyi_graph(size, 0.3, directed=directed) for size in sizes]
    return Batch.from_data_list([Data(edge_index=e, num_nodes=n) for e, n in zip(edges, sizes, strict=True)])


def swapped(batch: Batch, eligible: Tensor, seed: int = 0) -> Tensor:
    return swap_ends(batch.edge_index, batch.batch, eligible, torch.Generator().manual_seed(seed))


def pairs(edges: Tensor) -> set[tuple[int, int]]:
    return set(map(tuple, edges.T.tolist()))


@given(seed=st.integers(0, 10**6), directed=st.booleans())
def test_degrees_graphs_and_simplicity_are_kept(seed: int, directed: bool) -> None:
    batch = drawn(seed, directed)
    after = swapped(batch, torch.ones(batch.num_edges, dtype=torch.bool), seed)
    for end in (0, 1):
        assert torch.equal(after[end].bincount(minlength=24), batch.edge_index[end].bincount(minlength=24))
    assert torch.equal(batch.batch[after[0]], batch.batch[after[1]])
    assert len(pairs(after)) == batch.num_edges and bool((after[0] != after[1]).all())
    if not directed:
        assert pairs(after) == pairs(after.flip(0))


@given(seed=st.integers(0, 10**6), directed=st.booleans())
def test_edges_that_are_not_eligible_stay_in_their_places(seed: int, directed: bool) -> None:
    batch = drawn(seed, directed)
    near = batch.edge_index.amin(dim=0) % 3 == 0  # of both directions alike
    after = swapped(batch, ~near, seed)
    assert torch.equal(after[:, near], batch.edge_index[:, near])


@pytest.mark.parametrize("directed", [False, True])
def test_most_edges_of_a_sparse_graph_are_others(directed: bool) -> None:
    ring = cycle(60).edge_index
    batch = Batch.from_data_list([Data(edge_index=ring[:, ring[0] < ring[1]] if directed else ring, num_nodes=60)])
    after = swapped(batch, torch.ones(batch.num_edges, dtype=torch.bool))
    assert len(pairs(after) - pairs(batch.edge_index)) > 0.8 * batch.num_edges


def test_an_edge_keeps_its_source_and_so_its_features() -> None:
    """a→b becomes a→d in its own place, and b→a, its other direction, d→a."""
    batch = Batch.from_data_list([cycle(8)])
    after = swapped(batch, torch.ones(16, dtype=torch.bool))
    rising = batch.edge_index[0] < batch.edge_index[1]
    assert torch.equal(after[0, rising], batch.edge_index[0, rising])
    assert torch.equal(after[1, ~rising], batch.edge_index[1, ~rising])


@pytest.mark.parametrize("of", [graph(1, []), graph(3, []), graph(2, [(0, 1)]), graph(4, [(0, 1), (0, 2), (0, 3)])])
def test_graphs_that_have_no_other_edges_stay(of: Data) -> None:
    batch = Batch.from_data_list([of])
    assert torch.equal(swapped(batch, torch.ones(of.num_edges, dtype=torch.bool)), of.edge_index)


def test_models_that_read_degrees_or_no_edges_do_not_change() -> None:
    graphs = packed(cycle(12), cycle(9))
    for operator in (hops(2), all_pairs):  # of equal features on a regular graph, walks count degrees alone
        model, sample = LinearModel(operator), draw(graphs, 2, 99, 2, 0)
        assert rewire(model, sample, model.sites, True, 0).range is None


def test_a_model_of_two_hops_does_not_see_edges_beyond_them() -> None:
    graphs = packed(cycle(24))
    graphs.fields["x"][:] = torch.arange(24.0).double()[:, None] ** 2
    model, sample = LinearModel(hops(2)), draw(graphs, 1, 99, 1, 0)
    curve = rewire(model, sample, model.sites, True, 0)
    means = [one.mean for one in curve.change]
    assert means[0] > 0 and means[1] > 0 and means[2:] == [0] * len(means[2:])
