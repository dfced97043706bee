"""Homomorphism counts: every map of nodes tried out, on all graphs of up to six nodes."""

import networkx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, Homomorphisms
from mspe.encodings.catalogue import homomorphisms as module
from mspe.encodings.catalogue.homomorphisms import Tree, rooted_trees, tree_name
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import view_of


def counts(*data: Data, **options: object) -> np.ndarray:
    return np.expm1(Homomorphisms(**options).node(view_of(*data)).numpy())  # type: ignore[arg-type]


def edges_of_tree(tree: Tree) -> list[tuple[int, int]]:
    """Of the tree with its nodes numbered in depth-first order, the root 0."""
    edges: list[tuple[int, int]] = []

    def visit(node: int, part: Tree) -> int:
        following = node + 1
        for below in part:
            edges.append((node, following))
            following = visit(following, below)
        return following

    visit(0, tree)
    return edges


def by_trying_all_maps(matrix: np.ndarray, edges: list[tuple[int, int]]) -> np.ndarray:
    """How many maps of the small graph's nodes, its root 0 to each node, keep its edges."""
    nodes = max(max(edge) for edge in edges) + 1
    maps = np.indices((len(matrix),) * nodes).reshape(nodes, -1)
    kept = np.logical_and.reduce([matrix[maps[i], maps[j]] > 0 for i, j in edges])
    return np.bincount(maps[0, kept], minlength=len(matrix))


def test_they_are_those_of_all_maps_on_all_graphs_of_up_to_six_nodes() -> None:
    networks = [network for network in networkx.graph_atlas_g() if 1 <= len(network) <= 6]
    assert len(networks) == 208
    data = [Data(edge_index=from_networkx(network).edge_index, num_nodes=len(network)) for network in networks]
    found = np.split(counts(*data, tree_nodes=5, cycles=[3, 4, 5]), np.cumsum([len(n) for n in networks])[:-1])
    small = [edges_of_tree(tree) for nodes in range(2, 6) for tree in rooted_trees(nodes)]
    small += [[(k, (k + 1) % length) for k in range(length)] for length in (3, 4, 5)]
    for network, values in zip(networks, found, strict=True):
        expected = [by_trying_all_maps(networkx.to_numpy_array(network), edges) for edges in small]
        np.testing.assert_allclose(values, np.stack(expected, axis=1), rtol=1e-12, atol=1e-12)


def test_closed_forms() -> None:
    options = {"tree_nodes": 3, "cycles": [3, 4, 20]}
    ring = [2, 4, 4, 0, 6]  # degree, two steps, degree squared; closed walks of 3 and 4 steps
    np.testing.assert_allclose(counts(cycle(7), **options)[:, :5], [ring] * 7, atol=1e-9)
    k5 = [4, 16, 16, *((4**k + 4 * (-1) ** k) / 5 for k in (3, 4, 20))]
    np.testing.assert_allclose(counts(complete(5), **options), [k5] * 5, rtol=1e-12)
    assert not counts(graph(1, []), **options).any()


def test_trees_are_all_different_and_named() -> None:
    names = [tree_name(tree) for nodes in range(1, 9) for tree in rooted_trees(nodes)]
    assert len(set(names)) == len(names) == 1 + 1 + 2 + 4 + 9 + 20 + 48 + 115
    assert all(name.count("(") == nodes for nodes in (3, 6) for name in map(tree_name, rooted_trees(nodes)))


def test_work_is_bounded_and_parameters_have_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(EncodingSet.from_config({"homomorphisms": True}).node_channels) == 7 + 6
    monkeypatch.setattr(module, "_MOST_WORK", 100)
    with pytest.raises(MspeError, match=r"encodings.homomorphisms.cycles: closed walks in a graph of 6 nodes"):
        counts(complete(6))


def test_blocks_of_rows_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    data = from_networkx(networkx.gnp_random_graph(12, 0.5, seed=0))
    whole = counts(data)
    monkeypatch.setattr(module, "_MOST_ENTRIES", 30)
    np.testing.assert_allclose(counts(data), whole)
    matrix = torch.from_numpy(networkx.to_numpy_array(networkx.gnp_random_graph(12, 0.5, seed=0)))
    np.testing.assert_allclose(whole[:, -1], torch.linalg.matrix_power(matrix, 8).diagonal())
