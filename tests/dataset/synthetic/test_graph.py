"""Degrees and distances of a generated graph, against NetworkX."""

import networkx as nx
import numpy as np

from mspe.dataset.synthetic.graph import SyntheticGraph
from tests.dataset.synthetic.fixtures import as_networkx

TWO_PARTS = SyntheticGraph(6, np.array([[0, 1, 2, 4], [1, 2, 0, 5]]), np.array([0, 1, 2, 3, 4, 5]))


def test_degrees_and_both_directions_are_those_of_the_edges() -> None:
    assert TWO_PARTS.degrees.tolist() == [2, 2, 2, 0, 1, 1]
    pairs = list(map(tuple, TWO_PARTS.directed.T.tolist()))
    assert pairs == sorted({*map(tuple, TWO_PARTS.edges.T.tolist()), *map(tuple, TWO_PARTS.edges[::-1].T.tolist())})
    assert (TWO_PARTS.adjacency.toarray() == nx.to_numpy_array(as_networkx(TWO_PARTS))).all()


def test_distances_are_networkxs_and_infinite_between_parts() -> None:
    assert not TWO_PARTS.is_connected
    lengths = dict(nx.all_pairs_shortest_path_length(as_networkx(TWO_PARTS)))
    expected = [[lengths[u].get(v, np.inf) for v in range(6)] for u in range(6)]
    assert TWO_PARTS.distances().tolist() == expected
    assert TWO_PARTS.distances([4, 0]).tolist() == [expected[4], expected[0]]


def test_numbering_anew_moves_edges_and_roles_together() -> None:
    order = np.random.default_rng(0).permutation(6)
    moved = TWO_PARTS.renumbered(order)
    assert moved.roles is not None and moved.roles[order].tolist() == [0, 1, 2, 3, 4, 5]
    assert moved.degrees[order].tolist() == TWO_PARTS.degrees.tolist()
    assert (moved.distances()[np.ix_(order, order)] == TWO_PARTS.distances()).all()


def test_a_graph_without_edges_is_one() -> None:
    lone = SyntheticGraph(2, np.empty((2, 0), dtype=np.int64))
    assert lone.degrees.tolist() == [0, 0] and not lone.is_connected and lone.directed.shape == (2, 0)
