"""What holds for every encoding that counts in the simple graph: no order of nodes, no loops, no weights, no direction.

Each encoding's own numbers are checked in its own file.
"""

import warnings

import networkx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.utils import to_networkx

from mspe.encodings import Cycles, Encoding, EncodingSet, Homomorphisms, Rings, Roles, SimplePaths, compute_spectrum
from mspe.encodings.structure import components, core_numbers, ranks, simple_adjacency, unit_columns
from mspe.graphs import PackedGraphs
from tests.conftest import AWKWARD, complete, cycle, graph
from tests.encodings.fixtures import random_graphs, view_of

STRUCTURAL: list[Encoding] = [
    *(Cycles([3, 4, 5, 6]), Cycles([3, 4, 5]), Rings(4), Roles()),
    *(Homomorphisms(tree_nodes=4, cycles=[3, 6]), SimplePaths(4), SimplePaths(6)),
]
TOLERANCE = {"atol": 1e-6, "rtol": 1e-6}

structural = pytest.mark.parametrize("encoding", STRUCTURAL, ids=lambda encoding: f"{encoding.name} {encoding.params}")


def channels(encoding: Encoding, *data: Data) -> tuple[Tensor, Tensor]:
    """Its node channels of some graphs, and the pair channels of each in a grid."""
    view = view_of(*data)
    return encoding.node(view).double(), encoding.pair(view).double()


def assert_same(found: tuple[Tensor, Tensor], expected: tuple[Tensor, Tensor]) -> None:
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, **TOLERANCE)


@structural
@settings(deadline=None, max_examples=25)
@given(data=random_graphs(), random=st.randoms(use_true_random=False))
def test_another_order_of_the_nodes_permutes_it(encoding: Encoding, data: Data, random: object) -> None:
    order = list(range(data.num_nodes))
    random.shuffle(order)  # type: ignore[attr-defined]
    place = torch.tensor(order)
    node, pair = channels(encoding, Data(edge_index=place[data.edge_index], num_nodes=data.num_nodes))
    assert_same((node[place], pair[:, place][:, :, place]), channels(encoding, data))


@structural
@settings(deadline=None, max_examples=25)
@given(first=random_graphs(), second=random_graphs())
def test_a_disjoint_union_and_a_batch_encode_as_their_parts(encoding: Encoding, first: Data, second: Data) -> None:
    batch, size = Batch.from_data_list([first, second]), first.num_nodes
    node, pair = channels(encoding, Data(edge_index=batch.edge_index, num_nodes=batch.num_nodes))
    parts = [channels(encoding, part) for part in (first, second)]
    torch.testing.assert_close(node, torch.cat([parts[0][0], parts[1][0]]), **TOLERANCE)
    assert_same((pair[:, :size, :size], pair[:, size:, size:]), (parts[0][1], parts[1][1]))
    together, grid = channels(encoding, first, second)
    torch.testing.assert_close(together, node, **TOLERANCE)
    for number, (_, alone) in enumerate(parts):
        inside = alone.size(1)
        torch.testing.assert_close(grid[number, :inside, :inside], alone[0], **TOLERANCE)


@structural
@settings(deadline=None, max_examples=25)
@given(data=random_graphs())
def test_loops_repeated_edges_weights_and_direction_change_nothing(encoding: Encoding, data: Data) -> None:
    row, column = data.edge_index
    simple = data.edge_index[:, row < column].unique(dim=1)
    loops = torch.arange(data.num_nodes).expand(2, -1)
    once = Data(edge_index=torch.cat([simple, simple.flip(0)], dim=1), num_nodes=data.num_nodes)
    loaded = Data(edge_index=torch.cat([simple, simple.flip(0), simple, loops], dim=1), num_nodes=data.num_nodes)
    loaded.edge_weight = torch.linspace(0.5, 2.0, loaded.num_edges)
    expected = channels(encoding, once)
    with warnings.catch_warnings(action="ignore"):  # that the spectrum's graph is symmetrised
        directed = channels(encoding, Data(edge_index=simple, num_nodes=data.num_nodes))
        weighted = channels(encoding, loaded)
    assert_same(directed, expected)
    assert_same(weighted, expected)


@structural
def test_stored_channels_of_small_and_large_graphs_are_those_of_each(encoding: Encoding) -> None:
    packed, bank = PackedGraphs.from_list(list(AWKWARD.values())), EncodingSet([encoding])
    assert EncodingSet.from_config(bank.config()).config() == bank.config()
    expected = torch.cat([channels(encoding, data)[0] for data in AWKWARD.values()])
    for backend in ("dense", "chebyshev"):
        stored = bank.encode_nodes(compute_spectrum(packed, backend=backend), lambda: packed)  # type: ignore[arg-type]
        torch.testing.assert_close(stored.fields["node_encoding"].double(), expected, **TOLERANCE)


@settings(deadline=None)
@given(random_graphs())
def test_the_simple_graph_is_networkxs(data: Data) -> None:
    adjacency = simple_adjacency(view_of(data))
    network = to_networkx(data, to_undirected=True, remove_self_loops=True)
    np.testing.assert_array_equal(adjacency.toarray(), networkx.to_numpy_array(network))
    assert core_numbers(adjacency).tolist() == [networkx.core_number(network)[node] for node in network]
    np.testing.assert_array_equal(core_numbers(adjacency, highest=2), core_numbers(adjacency).clip(max=2))
    component = components(adjacency)
    parts = {frozenset(np.flatnonzero(component == number).tolist()) for number in component}
    assert parts == set(map(frozenset, networkx.connected_components(network)))
    columns = np.concatenate(list(unit_columns(ranks(component), data.num_nodes)), axis=1)
    same = component[:, None] == component
    np.testing.assert_array_equal(np.where(same, columns @ columns.T, 0), np.eye(data.num_nodes))


def test_core_numbers_in_closed_form() -> None:
    for data, core in ((complete(5), 4), (cycle(6), 2), (graph(4, [(0, 1), (0, 2), (0, 3)]), 1), (graph(2, []), 0)):
        assert set(core_numbers(simple_adjacency(view_of(data))).tolist()) == {core}
