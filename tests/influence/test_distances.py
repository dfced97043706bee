"""Distances agree with NetworkX's."""

import networkx as nx
import numpy as np
import pytest
from torch_geometric.data import Data

from mspe.influence.distances import adjacency_of, hops_from, resistance_from


def test_they_agree_with_networkx(awkward: Data) -> None:
    network = nx.Graph()
    network.add_nodes_from(range(awkward.num_nodes))
    network.add_edges_from((u, v) for u, v in awkward.edge_index.T.tolist() if u != v)
    adjacency, sources = adjacency_of(awkward.edge_index.numpy(), awkward.num_nodes), np.arange(awkward.num_nodes)
    hops = hops_from(adjacency, sources)
    resistance = resistance_from(adjacency, sources, hops)
    for u in network:
        lengths = nx.single_source_shortest_path_length(network, u)
        for v in network:
            assert hops[u, v] == lengths.get(v, np.inf)
            if v not in lengths:
                assert resistance[u, v] == np.inf
            elif u != v:
                inside = network.subgraph(nx.node_connected_component(network, u))
                assert resistance[u, v] == pytest.approx(nx.resistance_distance(inside, u, v), abs=1e-9)
            else:
                assert resistance[u, v] == pytest.approx(0, abs=1e-9)


def test_an_edge_is_followed_either_way() -> None:
    adjacency = adjacency_of(np.array([[0], [1]]), 2)
    assert hops_from(adjacency, np.array([1])).tolist() == [[1.0, 0.0]]
