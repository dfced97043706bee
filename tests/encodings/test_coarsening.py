"""Clusters: NetworkX's and scikit-learn's own, levels, quotient graphs."""

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array

from mspe.encodings.coarsening import cluster_levels, quotient


def adjacency(network: nx.Graph) -> csr_array:
    return csr_array(nx.to_scipy_sparse_array(network, dtype=float))


def members(clusters: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(clusters == number).tolist()) for number in np.unique(clusters)}


@pytest.mark.parametrize("seed", [0, 5])
def test_louvain_is_networkxs_and_so_is_the_next_level_of_its_quotient(seed: int) -> None:
    network = nx.connected_watts_strogatz_graph(60, 4, 0.1, seed=1)
    first, second = cluster_levels(adjacency(network), 2, "louvain", 5, seed)
    communities = nx.community.louvain_communities(network, seed=seed)
    assert members(first) == {frozenset(one) for one in communities}
    above = nx.quotient_graph(network, communities, relabel=True, create_using=nx.Graph)
    plain = nx.Graph(above.edges)  # without weights
    joined = [frozenset().union(*(communities[one] for one in ones)) for ones in _communities(plain, len(above), seed)]
    assert members(second) == set(joined)


def _communities(plain: nx.Graph, count: int, seed: int) -> list[set[int]]:
    ordered = nx.Graph()
    ordered.add_nodes_from(range(count))
    ordered.add_edges_from(sorted(map(sorted, plain.edges)))
    return nx.community.louvain_communities(ordered, seed=seed)


def test_spectral_clusters_of_a_ring_of_cliques_are_the_cliques_and_numbers_have_no_gaps() -> None:
    network = nx.connected_caveman_graph(5, 6)
    first, second = cluster_levels(adjacency(network), 2, "spectral", 6, 0)
    assert members(first) == {frozenset(range(start, start + 6)) for start in range(0, 30, 6)}
    assert sorted(set(first.tolist())) == list(range(5)) and set(second.tolist()) == {0}


@pytest.mark.parametrize("coarsening", ["louvain", "spectral"])
def test_a_node_alone_is_its_own_cluster_and_a_path_shrinks_to_one(coarsening: str) -> None:
    assert cluster_levels(adjacency(nx.empty_graph(1)), 3, coarsening, 2, 0).tolist() == [[0]] * 3  # type: ignore[arg-type]
    levels = cluster_levels(adjacency(nx.path_graph(20)), 5, coarsening, 2, 0)  # type: ignore[arg-type]
    counts = [len(set(level.tolist())) for level in levels]
    assert counts[0] < 20 and counts == sorted(counts, reverse=True) and counts[-1] == 1


def test_a_quotient_has_each_edge_between_clusters_once_and_none_inside() -> None:
    found = quotient(adjacency(nx.cycle_graph(6)), np.array([0, 0, 1, 1, 2, 2]))
    assert found.toarray().tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
