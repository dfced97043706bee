"""Structural roles of nodes: local density, centrality, depth."""

import logging
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array, diags_array, triu
from torch import Tensor

from mspe.common.section import Distinct, PositiveInt, Section
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.shortest_paths import PathRoles, path_roles
from mspe.encodings.structure import components, core_numbers, ranks, simple_adjacency

logger = logging.getLogger(__name__)

Kind = Literal["in_degree", "out_degree", "clustering", "core_number", "pagerank", "eccentricity", "betweenness"]
UNDIRECTED: tuple[Kind, ...] = ("clustering", "core_number", "pagerank", "eccentricity", "betweenness")

_DAMPING = 0.85  # networkx's default
_ITERATIONS = 45  # 0.56⁴⁵ < 1e-11


class Roles(Encoding):
    """Numbers of NetworkX, each of the node's component alone, so that a disjoint union has those of its parts.

    - `in_degree`, `out_degree`: neighbours from and to which an edge leads, the only kinds that follow direction;
    - `clustering`: share of pairs of neighbours that are joined by an edge, 0 of fewer than two neighbours;
    - `core_number`: largest k of a subgraph around the node in which all have k neighbours;
    - `pagerank`: with damping 0.85, times the nodes of the component, so that its mean is 1; of an isolated node 1;
    - `eccentricity`: steps to the farthest node, of an isolated node 0;
    - `betweenness`: share of shortest paths between two other nodes that lead through it (Brandes 2001).

    Degrees, core number, PageRank and eccentricity, which grow with a graph, enter as log(1 + x), shares as they are.
    Weights and self-loops are ignored, repeated edges are one. Of n nodes and m edges, shortest paths take n · m
    operations a graph, the other kinds m, clustering m^1.5.

    Parameters
    ----------
    kinds
        Which, in the order of the channels; by default those that need no directed edges.
    betweenness_sources
        Of a component with more nodes, betweenness is estimated from the shortest paths that begin at so many of them,
        drawn with a fixed seed; the standard error is in the log.

    Examples
    --------
    >>> Roles(["clustering", "pagerank"]).node_channels
    ['roles(clustering)', 'roles(pagerank)']
    """

    name = "roles"
    about = About("degrees, clustering, centralities", "Brandes 2001", "n·m", ("node",), directed=True)
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Kinds of roles."""

        kinds: Distinct[Kind] = UNDIRECTED
        betweenness_sources: PositiveInt = 1000

    def __init__(self, kinds: Sequence[Kind] = UNDIRECTED, betweenness_sources: int = 1000) -> None:
        super().__init__(kinds=tuple(kinds), betweenness_sources=betweenness_sources)
        self.kinds, self.sources = tuple(kinds), betweenness_sources

    @property
    def node_channels(self) -> list[str]:
        """One per kind."""
        return [f"roles({kind})" for kind in self.kinds]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the roles."""
        adjacency = simple_adjacency(graphs)
        found: dict[str, np.ndarray] = {}
        if {"in_degree", "out_degree"} & set(self.kinds):
            found["in_degree"], found["out_degree"] = map(np.log1p, directed_degrees(graphs))
        if "clustering" in self.kinds:
            found["clustering"] = clustering(adjacency)
        if "core_number" in self.kinds:
            found["core_number"] = np.log1p(core_numbers(adjacency))
        if "pagerank" in self.kinds:
            found["pagerank"] = np.log1p(pagerank(adjacency))
        if {"eccentricity", "betweenness"} & set(self.kinds):
            found |= self._of_shortest_paths(adjacency)
        channels = np.stack([found[kind] for kind in self.kinds], axis=1)
        return torch.from_numpy(channels).to(graphs.layout.slot.device)

    def _of_shortest_paths(self, adjacency: csr_array) -> dict[str, np.ndarray]:
        component = components(adjacency)
        size, every = np.bincount(component)[component], ranks(component)
        sources = _draw(component, self.sources) if "betweenness" in self.kinds else every
        eccentricity = None
        if (sources < 0).any() and "eccentricity" in self.kinds:  # first, since it may be refused
            eccentricity = path_roles(adjacency, every, False, "encodings.roles.kinds (eccentricity)").eccentricity
        found = path_roles(adjacency, sources, "betweenness" in self.kinds, "encodings.roles.betweenness_sources")
        betweenness, error = _of_all_sources(found, size, self.sources)
        if (sources < 0).any():
            message = (
                "roles: betweenness of components of more than %d nodes is estimated: standard error up to %.1e, %s"
            )
            logger.info(message, self.sources, error.max(), f"values up to {betweenness[sources < 0].max():.1e}")
        eccentricity = found.eccentricity if eccentricity is None else eccentricity
        return {"eccentricity": np.log1p(eccentricity), "betweenness": betweenness}


def _draw(component: Int[np.ndarray, " nodes"], most: int) -> Int[np.ndarray, " nodes"]:
    """Number the sources in each component, at most so many of it; −1 for other nodes."""
    order = np.random.default_rng(0).permutation(component.size)
    number = np.empty_like(order)
    number[order] = ranks(component[order])
    return np.where(number < most, number, -1)


def _of_all_sources(
    roles: PathRoles, size: Int[np.ndarray, " nodes"], most: int
) -> tuple[Float[np.ndarray, " nodes"], Float[np.ndarray, " nodes"]]:
    """Return the betweenness that the dependencies on k of c sources estimate, and its standard error.

    Over all c sources, each pair of nodes counts twice, and (c − 1)(c − 2) pairs do not begin or end at the node. Drawn
    without replacement, the mean of k values has the variance s²/k · (1 − k/c).
    """
    drawn = np.minimum(size, most)
    pairs = np.maximum((size - 1.0) * (size - 2.0), 1.0)
    mean = roles.dependency / drawn
    variance = np.maximum(roles.squares - drawn * mean**2, 0.0) / np.maximum(drawn - 1, 1)
    error = np.sqrt(variance / drawn * (1.0 - drawn / size))
    return mean * size / pairs, error * size / pairs


def directed_degrees(graphs: GraphView) -> tuple[Int[np.ndarray, " nodes"], Int[np.ndarray, " nodes"]]:
    """Count the nodes, other than itself, from which an edge leads to each node, and those to which one leads."""
    nodes = graphs.layout.slot.numel()
    source, target = graphs.edge_index[:, graphs.edge_index[0] != graphs.edge_index[1]].unique(dim=1).cpu().numpy()
    return np.bincount(target, minlength=nodes), np.bincount(source, minlength=nodes)


def clustering(adjacency: csr_array) -> Float[np.ndarray, " nodes"]:
    """Return the triangles at each node over the pairs of its neighbours.

    With each edge directed to the end of the higher degree, no node has more than √(2m) edges out, and each triangle
    u → v → w, u → w is found once: as two steps u → v → w for u and w, and as two edges out of u for v.
    """
    degree = np.diff(adjacency.indptr)
    order = np.argsort(degree, kind="stable")
    ascending = csr_array(triu(adjacency[order][:, order]))
    around = (ascending @ ascending).multiply(ascending)
    between = (ascending.T @ ascending).multiply(ascending)
    triangles = np.empty(degree.size)
    triangles[order] = around.sum(axis=1) + around.sum(axis=0) + between.sum(axis=1)
    return triangles / np.maximum(degree * (degree - 1) / 2, 1)


def pagerank(adjacency: csr_array) -> Float[np.ndarray, " nodes"]:
    """Return the solution x of x = (1 − α) + α Pᵀ x, P = D^-1 A: PageRank times the nodes of the component.

    An isolated node has 1, as in the filter `ppr`. The eigenvalues of α Pᵀ are real and within [−α, α], so Chebyshev's
    semi-iteration (Golub and Varga 1961) multiplies the error by α / (1 + √(1 − α²)) = 0.56 in each step, where
    repeating the equation multiplies it by α.
    """
    degree = np.diff(adjacency.indptr)
    walk = _DAMPING * adjacency @ diags_array(1.0 / np.maximum(degree, 1))
    rank, before, step = np.ones(degree.size), np.zeros(degree.size), 1.0
    for number in range(_ITERATIONS):
        before, rank = rank, before + step * ((1.0 - _DAMPING) + walk @ rank - before)
        step = 1.0 / (1.0 - _DAMPING**2 * step / (2.0 if number == 0 else 4.0))
    return np.where(degree == 0, 1.0, rank)
