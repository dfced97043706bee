"""Distances to landmarks: NetworkX, the choice of landmarks, components, large graphs."""

import networkx as nx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx, to_networkx

from mspe.encodings import EncodingSet, GraphView, Landmarks, compute_spectrum
from mspe.encodings.catalogue.landmarks import landmark_distances
from mspe.encodings.structure import simple_adjacency
from mspe.graphs import PackedGraphs
from tests.conftest import cycle, graph
from tests.encodings.fixtures import encode, random_graph


def distances(data: Data, count: int) -> np.ndarray:
    return landmark_distances(simple_adjacency(GraphView.of_edges(PackedGraphs.from_list([data]))), count)


@pytest.mark.parametrize("seed", range(3))
def test_each_is_farthest_from_those_before_by_networkx(seed: int) -> None:
    data = random_graph(30, 32, seed)
    network = to_networkx(data, to_undirected=True, remove_self_loops=True)
    found = distances(data, 4)
    lengths = dict(nx.all_pairs_shortest_path_length(network))
    for members in map(sorted, nx.connected_components(network)):
        landmarks = []
        for number in range(4):
            here = next(v for v in members if found[v, number] == 0)
            assert [found[v, number] for v in members] == [lengths[here][v] for v in members]
            if number == 0:
                assert network.degree(here) == max(dict(network.degree(members)).values())
            elif number < len(members):
                nearest = {v: min(lengths[v][w] for w in landmarks) for v in members}
                assert nearest[here] == max(nearest.values())
            else:
                assert here == landmarks[number % len(members)]
            landmarks.append(here)


@pytest.mark.filterwarnings("ignore:directed edges")  # the weights of one repeated add up
def test_channels_are_logarithms_and_weights_loops_and_repeated_edges_change_nothing() -> None:
    star = graph(4, [(0, 1), (0, 2), (0, 3)])
    node, _ = encode(EncodingSet([Landmarks(1)]), star)
    torch.testing.assert_close(node[:, 0], torch.tensor([0.0, 1.0, 1.0, 1.0]).double().log1p())
    again = torch.cat([star.edge_index, star.edge_index[:, :1], torch.tensor([[3], [3]])], dim=1)
    other = Data(edge_index=again, edge_weight=torch.full((8,), 0.5), num_nodes=4)
    torch.testing.assert_close(encode(EncodingSet([Landmarks(1)]), other)[0], node)


def test_isolated_nodes_and_graphs_without_edges_are_their_own_landmarks() -> None:
    assert not distances(graph(3, []), 5).any()
    both = distances(Data(edge_index=cycle(5).edge_index, num_nodes=6), 3)
    assert not both[5].any() and both[:5].max() == 2


def test_of_nodes_of_one_degree_the_colour_decides_whatever_their_order() -> None:
    data = from_networkx(nx.random_labeled_tree(25, seed=4))
    order = torch.randperm(25, generator=torch.Generator().manual_seed(0))
    place = torch.argsort(order)
    turned = Data(edge_index=place[data.edge_index], num_nodes=25)
    assert np.array_equal(distances(turned, 1), distances(data, 1)[order])


def test_a_graph_too_large_for_pairs_has_them() -> None:
    size = 20_000
    ring = torch.arange(size)
    data = Data(edge_index=torch.stack([ring, (ring + 1) % size]), num_nodes=size)
    packed = PackedGraphs.from_list([data])
    bank = EncodingSet([Landmarks(2)])
    spectrum = compute_spectrum(PackedGraphs.from_list([cycle(4)]), backend="chebyshev").fields
    measures = packed.without_edges(
        {"sqrt_degree": torch.ones(size), "spectral_weights": spectrum["spectral_weights"][:1].expand(size, -1)},
        {"sqrt_degree": "node", "spectral_weights": "node"},
    )
    node = bank.encode_nodes(measures, lambda: packed).fields["node_encoding"]
    steps = node.double().expm1().round()
    assert steps.max(dim=0).values.tolist() == [size / 2, size / 2]
    assert (steps.sum(dim=1) == size / 2).all()  # the second one is opposite
