"""Colours of refinement: NetworkX's partition, the same numbers everywhere, the order of nodes that they give."""

import networkx as nx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from mspe.encodings import GraphView
from mspe.encodings.colours import canonical_ranks, colours_after
from mspe.encodings.structure import simple_adjacency
from mspe.graphs import PackedGraphs
from tests.conftest import cycle, graph
from tests.encodings.fixtures import WL_VOCABULARY

ROUNDS = (1, 2, 3, 4)


def colours(*graphs: Data) -> list[np.ndarray]:
    return colours_after(simple_adjacency(GraphView.of_edges(PackedGraphs.from_list(list(graphs)))), ROUNDS)


def test_the_partition_of_the_nodes_of_many_graphs_is_networkx() -> None:
    graphs = [nx.gnp_random_graph(9, 0.3, seed=seed) for seed in range(30)] + nx.graph_atlas_g()[1:200]
    theirs: list[list[str]] = []
    for one in graphs:
        nx.set_node_attributes(one, "0", "colour")
        found = nx.weisfeiler_lehman_subgraph_hashes(one, node_attr="colour", iterations=max(ROUNDS))
        theirs += [found[node] for node in one]
    for number, ours in zip(ROUNDS, colours(*map(plain, graphs)), strict=True):
        pairs = {(colour, hashes[number - 1]) for colour, hashes in zip(ours.tolist(), theirs, strict=True)}
        assert len(pairs) == len({colour for colour, _ in pairs}) == len({digest for _, digest in pairs}) > number


def plain(one: nx.Graph) -> Data:
    return Data(edge_index=from_networkx(one).edge_index.view(2, -1).long(), num_nodes=len(one))


def test_a_colour_is_the_same_number_on_every_machine() -> None:
    after = colours(cycle(5), graph(1, []))
    assert [[f"{c:016x}" for c in (one[0], one[5])] for one in after[:3]] == WL_VOCABULARY


def test_the_first_round_tells_degrees_and_the_second_those_of_neighbours() -> None:
    first, second, third, _ = colours(graph(7, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]))
    assert [len(set(one.tolist())) for one in (first, second, third)] == [2, 3, 4]
    assert (third == third[::-1]).all()


def test_edges_of_weight_0_loops_and_repeated_edges_are_none() -> None:
    index = torch.tensor([[0, 1, 0, 2, 2, 1], [1, 0, 1, 2, 1, 2]])
    data = Data(edge_index=index, edge_weight=torch.tensor([1.0, 1, 1, 1, 0, 0]), num_nodes=3)
    assert np.array_equal(colours(data), colours(graph(3, [(0, 1)])))


def ranks(data: Data) -> np.ndarray:
    return canonical_ranks(simple_adjacency(GraphView.of_edges(PackedGraphs.from_list([data]))))


@pytest.mark.parametrize("seed", range(3))
def test_ranks_move_with_the_nodes_where_colours_tell_all_of_them_apart(seed: int) -> None:
    data = graph(12, [(i, i + 1) for i in range(11)] + [(0, 2), (3, 7), (5, 9), (1, 8)])
    order = torch.randperm(12, generator=torch.Generator().manual_seed(seed))
    turned = Data(edge_index=torch.argsort(order)[data.edge_index], num_nodes=12)
    assert np.array_equal(ranks(turned), ranks(data)[order])


def test_ranks_are_by_degree_first_and_nodes_of_one_colour_are_numbered_as_they_come() -> None:
    assert ranks(graph(5, [(3, 0), (3, 1), (3, 2)])).tolist() == [1, 2, 3, 0, 4]
