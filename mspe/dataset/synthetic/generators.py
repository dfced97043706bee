"""Generators of graphs by name, NetworkX's wherever it has them."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Int

from mspe.common.registry import Registry
from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.graph import SyntheticGraph

Misfit = tuple[str, str]
"""The key of `dataset.synthetic` that cannot be as it is, and what is allowed there."""


def _fits_always(size: int, params: SyntheticParams) -> Misfit | None:
    return None


@dataclass(frozen=True)
class Generator:
    """A way to draw a graph of a given number of nodes.

    Attributes
    ----------
    name
        The value of `dataset.synthetic.generator`.
    draw
        From NumPy's generator of random numbers, the number of nodes and the parameters to a graph, connected or not.
    misfit
        What cannot be of this number of nodes and these parameters; None where all can.
    degree
        Its mean degree where `dataset.synthetic.degree` is null.
    roles
        Names of the roles that it plants, in the order of their numbers.
    roles_alike
        Whether structure does not tell which of the roles is which, so that marked nodes have to.
    """

    name: str
    draw: Callable[[np.random.Generator, int, SyntheticParams], SyntheticGraph]
    misfit: Callable[[int, SyntheticParams], Misfit | None] = _fits_always
    degree: int = 4
    roles: Callable[[SyntheticParams], tuple[str, ...]] = lambda params: ()
    roles_alike: bool = False


def _seed(random: np.random.Generator) -> int:
    """A seed for NetworkX, which is many times slower with NumPy's generators than with Python's."""
    return int(random.integers(2**32))


def _from_networkx(network: Any, roles: Int[np.ndarray, " size"] | None = None) -> SyntheticGraph:
    import networkx as nx

    numbered = nx.convert_node_labels_to_integers(
        network, ordering="sorted"
    )  # not as they were added: roles are sorted
    edges = np.array(numbered.edges, dtype=np.int64).reshape(-1, 2)
    return SyntheticGraph(network.number_of_nodes(), edges.T, roles)


def _from_pairs(joined: np.ndarray, roles: Int[np.ndarray, " size"] | None = None) -> SyntheticGraph:
    """From a truth value for each pair of nodes, of which those above the diagonal count."""
    return SyntheticGraph(len(joined), np.stack(np.nonzero(np.triu(joined, 1))), roles)


def erdos_renyi(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """Every pair of nodes joined with the probability degree / (size − 1)."""
    import networkx as nx

    return _from_networkx(nx.fast_gnp_random_graph(size, params.mean_degree / (size - 1), seed=_seed(random)))


def watts_strogatz(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """A ring whose nodes are joined to the `degree` nearest, each edge moved with the probability `rewiring`."""
    import networkx as nx

    return _from_networkx(nx.watts_strogatz_graph(size, params.mean_degree, params.rewiring, seed=_seed(random)))


def barabasi_albert(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """Each new node joined to degree / 2 others, in proportion to their degrees."""
    import networkx as nx

    return _from_networkx(nx.barabasi_albert_graph(size, params.mean_degree // 2, seed=_seed(random)))


def block_model(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """Blocks of equal size, to one node; a share `mixing` of a node's expected edges leaves its block."""
    blocks = np.arange(size) * params.blocks // size
    inside, outside = block_probabilities(size, params)
    probability = np.where(blocks[:, None] == blocks, inside, outside)
    return _from_pairs(random.random((size, size)) < probability, blocks)


def block_probabilities(size: int, params: SyntheticParams) -> tuple[float, float]:
    """Return the probability of an edge within a block of size / blocks nodes, and between two blocks.

    Examples
    --------
    >>> block_probabilities(40, SyntheticParams(degree=10, blocks=4, mixing=0.1))
    (1.0, 0.03333333333333333)
    """
    block = size / params.blocks
    degree = params.mean_degree
    return (1 - params.mixing) * degree / (block - 1), params.mixing * degree / (size - block)


def random_geometric(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """Points of the unit square, joined up to the distance r with (size − 1) π r² = degree.

    Points near the border have fewer neighbours, so the mean degree is somewhat less.
    """
    points = random.random((size, 2))
    squares = ((points[:, None] - points) ** 2).sum(axis=2)
    return _from_pairs(squares <= params.mean_degree / (math.pi * (size - 1)))


def random_regular(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """Every node with `degree` neighbours."""
    import networkx as nx

    return _from_networkx(nx.random_regular_graph(params.mean_degree, size, seed=_seed(random)))


def grid(dimensions: int) -> Callable[[np.random.Generator, int, SyntheticParams], SyntheticGraph]:
    """Return what makes a grid with sides as equal as the number of nodes allows."""

    def draw(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
        import networkx as nx

        sides = grid_sides(size, dimensions)
        assert sides is not None
        return _from_networkx(nx.grid_graph(sides))

    return draw


@cache
def grid_sides(size: int, dimensions: int) -> tuple[int, ...] | None:
    """Return the sides of the most compact grid, each of at least 2; None where the number of nodes has no such.

    Examples
    --------
    >>> grid_sides(50, 2), grid_sides(50, 3), grid_sides(7, 2)
    ((5, 10), (2, 5, 5), None)
    """
    return min(_products(size, dimensions), key=sum, default=None)


def _products(size: int, factors: int, least: int = 2) -> Iterator[tuple[int, ...]]:
    """The ways to write a number as a product of so many factors, in ascending order."""
    if factors == 1:
        yield from [(size,)] if size >= least else []
        return
    for first in range(least, math.isqrt(size) + 1):
        if size % first == 0:
            yield from ((first, *rest) for rest in _products(size // first, factors - 1, first))


def ring(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """A cycle through all nodes."""
    import networkx as nx

    return _from_networkx(nx.cycle_graph(size))


def path(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """A line of nodes."""
    import networkx as nx

    return _from_networkx(nx.path_graph(size))


def balanced_tree(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """A tree whose nodes have `branching` children, its levels full but perhaps the last."""
    import networkx as nx

    return _from_networkx(nx.full_rary_tree(params.branching, size))


def random_tree(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """One of all trees on numbered nodes, each as likely."""
    import networkx as nx

    return _from_networkx(nx.random_labeled_tree(size, seed=_seed(random)))


def barbell(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """Two cliques of a third of the nodes each (at least 3), joined by a path of the others."""
    import networkx as nx

    clique = max(3, size // 3)
    nodes = np.arange(size)
    return _from_networkx(nx.barbell_graph(clique, size - 2 * clique), _between(nodes, clique, size - clique))


def lollipop(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """A clique of half of the nodes (at least 3), and a path of the others that ends in it."""
    import networkx as nx

    clique = max(3, size // 2)
    return _from_networkx(nx.lollipop_graph(clique, size - clique), _between(np.arange(size), clique, size))


def caterpillar(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """A path, the spine, of a third of the nodes (at least 2); each has a leg, further ones hang anywhere."""
    spine = max(2, size // 3)
    extra = random.integers(spine, size=size - 2 * spine)
    line = np.stack([np.arange(spine - 1), np.arange(1, spine)])
    legs = np.stack([np.concatenate([np.arange(spine), extra]), np.arange(spine, size)])
    return SyntheticGraph(size, np.concatenate([line, legs], axis=1), (np.arange(size) >= spine).astype(np.int64))


def ladder(random: np.random.Generator, size: int, params: SyntheticParams) -> SyntheticGraph:
    """Two paths of half of the nodes each, joined by rungs."""
    import networkx as nx

    return _from_networkx(nx.ladder_graph(size // 2))


def _between(nodes: Int[np.ndarray, " size"], start: int, stop: int) -> Int[np.ndarray, " size"]:
    """1 for the nodes of a range, those of the path, and 0 for those of cliques."""
    return ((nodes >= start) & (nodes < stop)).astype(np.int64)


def _degree_below_size(size: int, params: SyntheticParams) -> Misfit | None:
    return ("degree", f"less than the {size} nodes") if params.mean_degree >= size else None


def _even_degree_below_size(size: int, params: SyntheticParams) -> Misfit | None:
    return ("degree", "an even number") if params.mean_degree % 2 else _degree_below_size(size, params)


def _regular(size: int, params: SyntheticParams) -> Misfit | None:
    if params.mean_degree * size % 2:
        return "size", f"an even number for the odd degree {params.mean_degree}"
    return _degree_below_size(size, params)


def _blocks(size: int, params: SyntheticParams) -> Misfit | None:
    if size < 2 * params.blocks:
        return "size", f"at least {2 * params.blocks}, two nodes for each of {params.blocks} blocks"
    if max(block_probabilities(size, params)) > 1:
        return "degree", f"what {params.blocks} blocks of {size} nodes can have with mixing {params.mixing:g}; lower it"
    return None


def _at_least(least: int) -> Callable[[int, SyntheticParams], Misfit | None]:
    return lambda size, params: ("size", f"at least {least}") if size < least else None


def _compact(dimensions: int) -> Callable[[int, SyntheticParams], Misfit | None]:
    allowed = f"a product of {dimensions} sides of at least 2 nodes, as {2**dimensions} or {3 * 2 ** (dimensions - 1)}"
    return lambda size, params: ("size", allowed) if grid_sides(size, dimensions) is None else None


def _even_from_4(size: int, params: SyntheticParams) -> Misfit | None:
    return ("size", "an even number of at least 4") if size % 2 or size < 4 else None


def _block_names(params: SyntheticParams) -> tuple[str, ...]:
    return tuple(f"block {number}" for number in range(params.blocks))


GENERATORS: Registry[Generator] = Registry(
    "generator",
    [
        Generator("erdos_renyi", erdos_renyi, _degree_below_size),
        Generator("watts_strogatz", watts_strogatz, _even_degree_below_size),
        Generator("barabasi_albert", barabasi_albert, _even_degree_below_size),
        Generator("block_model", block_model, _blocks, degree=8, roles=_block_names, roles_alike=True),
        Generator("random_geometric", random_geometric, _degree_below_size, degree=8),
        Generator("random_regular", random_regular, _regular),
        Generator("grid_2d", grid(2), _compact(2)),
        Generator("grid_3d", grid(3), _compact(3)),
        Generator("ring", ring, _at_least(3)),
        Generator("path", path),
        Generator("balanced_tree", balanced_tree),
        Generator("random_tree", random_tree),
        Generator("barbell", barbell, _at_least(6), roles=lambda params: ("clique", "path")),
        Generator("lollipop", lollipop, _at_least(4), roles=lambda params: ("clique", "path")),
        Generator("caterpillar", caterpillar, _at_least(4), roles=lambda params: ("spine", "leg")),
        Generator("ladder", ladder, _even_from_4),
    ],
)
