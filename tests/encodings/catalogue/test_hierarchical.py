"""Distances between clusters: NetworkX on the quotient graphs, order of the nodes, what is kept."""

import copy
import pickle

import networkx as nx
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx, to_networkx

from mspe.encodings import EncodingSet, GraphView, Hierarchical
from mspe.encodings.catalogue.distance import distance_channels
from mspe.encodings.structure import simple_adjacency
from mspe.graphs import PackedGraphs
from tests.conftest import graph
from tests.encodings.fixtures import adjacency, encode, random_graph


def clusters(one: Hierarchical, data: Data) -> list[list[int]]:
    return one.clusters(simple_adjacency(GraphView.of_edges(PackedGraphs.from_list([data])))).tolist()


@pytest.mark.parametrize("coarsening", ["louvain", "spectral"])
@pytest.mark.parametrize("seed", range(3))
def test_each_level_is_networkxs_shortest_paths_of_the_quotient_graph(coarsening: str, seed: int) -> None:
    data = random_graph(40, 45, seed)
    one = Hierarchical(levels=2, coarsening=coarsening, cap=3, nodes_per_cluster=4)
    _, pair = encode(EncodingSet([one]), data)
    torch.testing.assert_close(pair[..., :5], distance_channels(adjacency(data)[None], 3)[0])
    network = to_networkx(data, to_undirected=True, remove_self_loops=True)
    for level, found in enumerate(clusters(one, data), start=1):
        members = [[v for v, cluster in enumerate(found) if cluster == number] for number in sorted(set(found))]
        quotient = nx.quotient_graph(network, members, relabel=True)
        number_of = {v: number for number, nodes in enumerate(members) for v in nodes}
        lengths = dict(nx.all_pairs_shortest_path_length(quotient))
        channels = pair[..., 1 + 4 * level : 5 + 4 * level]
        for i in range(40):
            for j in range(40):
                length = lengths[number_of[i]].get(number_of[j])
                expected = [float(length is not None and d == min(length, 3)) for d in range(4)]
                assert channels[i, j].tolist() == expected
    counts = [len(set(found)) for found in clusters(one, data)]
    assert 40 > counts[0] > counts[1] >= nx.number_connected_components(network)


@pytest.mark.parametrize("coarsening", ["louvain", "spectral"])
def test_cliques_joined_by_single_edges_are_the_clusters(coarsening: str) -> None:
    data = from_networkx(nx.connected_caveman_graph(4, 6))
    (found,) = clusters(Hierarchical(coarsening=coarsening, nodes_per_cluster=6), data)
    assert len({tuple(found[start : start + 6]) for start in range(0, 24, 6)}) == 4
    assert all(len(set(found[start : start + 6])) == 1 for start in range(0, 24, 6))


@pytest.mark.parametrize("coarsening", ["louvain", "spectral"])
def test_another_order_permutes_it_where_colours_tell_all_nodes_apart(coarsening: str) -> None:
    edges = [(i, i + 1) for i in range(11)] + [(0, 2), (3, 7), (5, 9), (1, 8)]
    data, bank = graph(12, edges), EncodingSet([Hierarchical(coarsening=coarsening, cap=3, levels=2)])
    order = torch.randperm(12, generator=torch.Generator().manual_seed(2))
    turned = Data(edge_index=torch.argsort(order)[data.edge_index], num_nodes=12)
    torch.testing.assert_close(encode(bank, turned)[1], encode(bank, data)[1][order][:, order])


def test_the_seed_decides_where_several_clusterings_are_as_good() -> None:
    ring = from_networkx(nx.cycle_graph(30))
    found = [clusters(Hierarchical(seed=seed), ring) for seed in (0, 0, 1, 2, 3)]
    assert found[0] == found[1] and any(found[0] != other for other in found[2:])


def test_clusters_are_found_once_per_component_and_copies_and_pickles_keep_the_encoding() -> None:
    one = Hierarchical()
    first = clusters(one, random_graph(20, 30, 0))
    kept = len(one._known)
    assert clusters(one, random_graph(20, 30, 0)) == first and len(one._known) == kept >= 1
    for other in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert clusters(other, random_graph(20, 30, 0)) == first and other.pair_channels == one.pair_channels


@pytest.mark.parametrize("coarsening", ["louvain", "spectral"])
@pytest.mark.parametrize(
    "data", [graph(1, []), graph(2, [(0, 1)]), graph(3, [(0, 1), (1, 2)]), graph(7, [(0, i) for i in range(1, 7)])]
)
def test_the_smallest_graphs_have_clusters_too(coarsening: str, data: Data) -> None:
    one = Hierarchical(coarsening=coarsening, levels=3, nodes_per_cluster=2)
    for found in clusters(one, data):
        assert all(found[found[v]] == found[v] for v in range(data.num_nodes))
