"""Every generator: simple graphs of the size asked for, with the counts and invariants of their definition."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.generators import GENERATORS, block_probabilities, grid_sides
from mspe.dataset.synthetic.graph import SyntheticGraph
from tests.dataset.synthetic.fixtures import as_networkx

INVARIANTS: dict[str, tuple[int, Callable[[nx.Graph], bool]]] = {
    "watts_strogatz": (20, lambda g: g.number_of_edges() == 40),
    "barabasi_albert": (20, lambda g: g.number_of_edges() == 2 * 18 and nx.is_connected(g)),
    "random_regular": (20, lambda g: {degree for _, degree in g.degree} == {4}),
    "grid_2d": (12, lambda g: nx.is_isomorphic(g, nx.grid_2d_graph(3, 4))),
    "grid_3d": (18, lambda g: nx.is_isomorphic(g, nx.grid_graph([2, 3, 3]))),
    "ring": (7, lambda g: nx.is_isomorphic(g, nx.cycle_graph(7))),
    "path": (7, lambda g: nx.is_isomorphic(g, nx.path_graph(7))),
    "balanced_tree": (15, lambda g: nx.is_isomorphic(g, nx.balanced_tree(2, 3))),
    "random_tree": (20, nx.is_tree),
    "barbell": (15, lambda g: nx.is_isomorphic(g, nx.barbell_graph(5, 5))),
    "lollipop": (11, lambda g: nx.is_isomorphic(g, nx.lollipop_graph(5, 6))),
    "ladder": (10, lambda g: nx.is_isomorphic(g, nx.ladder_graph(5))),
}
RANDOM = {"erdos_renyi", "watts_strogatz", "barabasi_albert", "block_model", "random_geometric", "random_regular",
          "random_tree", "caterpillar"}  # fmt: skip


def draw(name: str, size: int, seed: int = 0, **values: object) -> SyntheticGraph:
    generator = GENERATORS[name]
    params = SyntheticParams.model_validate({"generator": name, "degree": generator.degree, **values})
    assert generator.misfit(size, params) is None
    return generator.draw(np.random.default_rng(seed), size, params)


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("size", [36, 40])
def test_a_graph_is_simple_has_the_size_asked_for_and_is_the_same_for_the_same_seed(name: str, size: int) -> None:
    graph, again = draw(name, size), draw(name, size)
    assert graph.size == size and graph.edges.dtype == np.int64
    assert (graph.edges >= 0).all() and (graph.edges < size).all() and (graph.edges[0] != graph.edges[1]).all()
    assert len({tuple(sorted(edge)) for edge in graph.edges.T.tolist()}) == graph.edges.shape[1]
    assert (graph.edges == again.edges).all()
    other = draw(name, size, seed=1)
    assert (name in RANDOM) == (graph.edges.shape != other.edges.shape or not (graph.edges == other.edges).all())
    assert (graph.roles is not None) == bool(GENERATORS[name].roles(SyntheticParams()))


@pytest.mark.parametrize("name", INVARIANTS)
def test_a_graph_is_what_its_name_says(name: str) -> None:
    size, holds = INVARIANTS[name]
    for seed in range(5):
        assert holds(as_networkx(draw(name, size, seed)))


@pytest.mark.parametrize("name", ["erdos_renyi", "block_model", "random_geometric"])
def test_the_mean_degree_is_the_one_asked_for(name: str) -> None:
    degrees = np.concatenate([draw(name, 60, seed, degree=8).degrees for seed in range(100)])
    at_the_border = name == "random_geometric"  # fewer neighbours there
    assert (6.0 if at_the_border else 7.8) < degrees.mean() < (7.8 if at_the_border else 8.2)


def test_points_are_joined_up_to_a_distance() -> None:
    graph, points = draw("random_geometric", 40), np.random.default_rng(0).random((40, 2))
    radius = np.sqrt(8 / (np.pi * 39))
    near = nx.Graph()
    near.add_nodes_from((node, {"pos": tuple(point)}) for node, point in enumerate(points.tolist()))
    expected = nx.geometric_edges(near, radius)
    assert {tuple(sorted(edge)) for edge in graph.edges.T.tolist()} == {tuple(sorted(edge)) for edge in expected}


def test_blocks_are_equal_and_a_share_of_the_edges_leaves_them() -> None:
    graphs = [draw("block_model", 42, seed, mixing=0.25, blocks=4) for seed in range(100)]
    assert graphs[0].roles is not None and sorted(np.bincount(graphs[0].roles).tolist()) == [10, 10, 11, 11]
    leaving = np.concatenate([(g.roles[g.edges[0]] != g.roles[g.edges[1]]) for g in graphs if g.roles is not None])
    assert abs(leaving.mean() - 0.25) < 0.02
    assert block_probabilities(42, SyntheticParams(degree=8, mixing=0.25)) == pytest.approx((6 / 9.5, 2 / 31.5))


def test_a_rewiring_of_0_keeps_the_lattice_and_one_of_1_does_not() -> None:
    lattice = nx.circulant_graph(16, [1, 2])
    assert nx.is_isomorphic(as_networkx(draw("watts_strogatz", 16, rewiring=0.0)), lattice)
    assert not nx.is_isomorphic(as_networkx(draw("watts_strogatz", 16, rewiring=1.0)), lattice)


@pytest.mark.parametrize("size", [6, 7, 8, 9, 20])
def test_cliques_and_paths_are_told_apart(size: int) -> None:
    for name, cliques in (("barbell", 2), ("lollipop", 1)):
        graph = draw(name, size)
        assert graph.roles is not None
        network = as_networkx(graph)
        clique = network.subgraph(np.flatnonzero(graph.roles == 0).tolist())
        path = network.subgraph(np.flatnonzero(graph.roles == 1).tolist())
        assert len(max(nx.find_cliques(network), key=len)) == len(clique) // cliques
        assert not len(path) or (nx.is_tree(path) and max(degree for _, degree in network.degree(list(path))) <= 2)


@pytest.mark.parametrize("size", [4, 5, 9, 20])
def test_a_caterpillar_without_its_legs_is_a_path(size: int) -> None:
    for seed in range(5):
        graph = draw("caterpillar", size, seed)
        network = as_networkx(graph)
        assert nx.is_tree(network) and graph.roles is not None
        assert (graph.roles == (graph.degrees == 1)).all()
        spine = network.subgraph(np.flatnonzero(graph.roles == 0).tolist())
        assert nx.is_isomorphic(spine, nx.path_graph(max(2, size // 3)))


def test_a_tree_has_the_children_asked_for() -> None:
    assert nx.is_isomorphic(as_networkx(draw("balanced_tree", 13, branching=3)), nx.balanced_tree(3, 2))


@pytest.mark.parametrize(("size", "sides"), [(268, (2, 2, 67)), (8, (2, 2, 2)), (50, (2, 5, 5)), (6, None), (7, None)])
def test_a_grid_is_as_compact_as_its_number_of_nodes_allows(size: int, sides: tuple[int, ...] | None) -> None:
    assert grid_sides(size, 3) == sides
