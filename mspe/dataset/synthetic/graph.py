"""A drawn graph, and what tasks read off it: degrees and distances, counted on the edges alone."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float, Int


@dataclass(frozen=True)
class SyntheticGraph:
    """An undirected graph without self-loops and parallel edges.

    Attributes
    ----------
    size
        Number of nodes.
    edges
        Pairs of nodes, each edge once.
    roles
        The number of each node's role, where the generator plants roles.

    Examples
    --------
    >>> path = SyntheticGraph(3, np.array([[0, 1], [1, 2]]))
    >>> path.degrees.tolist(), path.distances([0]).tolist(), path.is_connected
    ([1, 2, 1], [[0.0, 1.0, 2.0]], True)
    """

    size: int
    edges: Int[np.ndarray, "2 edges"]
    roles: Int[np.ndarray, " size"] | None = None

    @cached_property
    def directed(self) -> Int[np.ndarray, "2 directed"]:
        """Both directions of every edge, sorted."""
        both = np.concatenate([self.edges, self.edges[::-1]], axis=1)
        return both[:, np.lexsort((both[1], both[0]))]

    @cached_property
    def adjacency(self) -> Any:
        """SciPy's sparse array, 1 for an edge."""
        from scipy.sparse import csr_array

        return csr_array((np.ones(self.directed.shape[1]), tuple(self.directed)), shape=(self.size, self.size))

    @cached_property
    def degrees(self) -> Int[np.ndarray, " size"]:
        """Neighbours of each node."""
        return np.bincount(self.edges.ravel(), minlength=self.size)

    @property
    def is_connected(self) -> bool:
        """Return whether a path joins every two nodes."""
        from scipy.sparse.csgraph import connected_components

        return connected_components(self.adjacency, directed=False)[0] == 1

    def distances(self, sources: Any = None) -> Float[np.ndarray, "sources size"]:
        """Hops from some nodes (None: all) to all, by SciPy's search on the edges; infinite where no path leads."""
        from scipy.sparse.csgraph import shortest_path

        return shortest_path(self.adjacency, unweighted=True, indices=sources)

    def renumbered(self, order: Int[np.ndarray, " size"]) -> "SyntheticGraph":
        """The same graph with node i as node `order[i]`."""
        roles = None if self.roles is None else self.roles[np.argsort(order)]
        return SyntheticGraph(self.size, order[self.edges], roles)
