"""Shortest paths of unweighted graphs: how far they lead, and through which nodes.

From many sources at once: column s of a matrix [nodes, sources] belongs to the search from the s-th source of each
component, so that one sparse product takes a step in all of them.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array

from mspe.common.errors import MspeError
from mspe.encodings.structure import unit_columns

_MOST_WORK = 3 * 10**10  # steps · nodes · sources: some minutes
_LARGE = 1e100  # numbers of paths from which they are scaled down, so that none overflows


class Search:
    """The nodes that some sources reach, step by step.

    Parameters
    ----------
    adjacency
        Of simple graphs.
    sources
        A one at each source, at most one in a column and component.
    most_steps
        After which it ends, if not before.
    """

    def __init__(self, adjacency: csr_array, sources: Float[np.ndarray, "nodes block"], most_steps: int) -> None:
        self.adjacency, self.shape = adjacency, sources.shape
        # Of each number of steps: the places reached first by so many, and the number of shortest paths to each, which
        # counts from those one step before; these may be scaled, a column by one factor.
        self.places: list[Int[np.ndarray, " places"]] = []
        self.counts: list[Float[np.ndarray, " places"]] = []
        self.scaled: list[Float[np.ndarray, " places"]] = []
        paths, unseen = sources, np.ones(self.shape, dtype=bool)
        reached = sources > 0
        while reached.any() and len(self.places) <= most_steps:
            places = np.flatnonzero(reached)
            counts = paths.ravel()[places]
            if counts.max() > _LARGE:
                paths = paths / np.maximum(paths.max(axis=0), 1.0)
            self.places.append(places)
            self.counts.append(counts)
            self.scaled.append(paths.ravel()[places])
            unseen &= ~reached
            paths = adjacency @ paths
            reached = (paths > 0) & unseen
            paths *= reached

    def eccentricity(self) -> Int[np.ndarray, " nodes"]:
        """Return the steps from each node to the farthest of the sources that reach it."""
        steps = np.zeros(self.shape[0], dtype=np.int64)
        for number, places in enumerate(self.places):
            steps[places // self.shape[1]] = number
        return steps

    def dependency(self) -> Float[np.ndarray, "nodes block"]:
        """Return, per source s and node v, the sum over targets t of the share of shortest paths s–t through v.

        δ_s(v) = Σ over w one step behind v of σ(v)/σ(w) · (1 + δ_s(w)), with σ the numbers of shortest paths from s
        (Brandes, J. Math. Sociology 25, 2001). A source is no node in between: its own is 0.
        """
        total = np.zeros(self.shape)
        flat = total.ravel()
        for step in range(len(self.places) - 1, 1, -1):
            share = np.zeros(self.shape)
            share.ravel()[self.places[step]] = (1.0 + flat[self.places[step]]) / self.counts[step]
            before = self.places[step - 1]
            flat[before] = self.scaled[step - 1] * (self.adjacency @ share).ravel()[before]
        return total


class PathRoles(NamedTuple):
    """Of shortest paths between some sources s and all nodes t of their components.

    Attributes
    ----------
    eccentricity
        Steps from each node v to the farthest source.
    dependency, squares
        Sums over s of δ_s(v) and of its square; zeros where they are not asked for.
    """

    eccentricity: Int[np.ndarray, " nodes"]
    dependency: Float[np.ndarray, " nodes"]
    squares: Float[np.ndarray, " nodes"]


def path_roles(
    adjacency: csr_array, column: Int[np.ndarray, " nodes"], with_dependency: bool, parameter: str
) -> PathRoles:
    """Search from each node that has a column of at least 0, in blocks of columns.

    Raises
    ------
    MspeError
        If that would take long; it names the parameter to change.
    """
    count, nodes = int(column.max(initial=-1)) + 1, column.size
    most_steps = _MOST_WORK // max(1, nodes * count)
    roles = PathRoles(np.zeros(nodes, dtype=np.int64), np.zeros(nodes), np.zeros(nodes))
    for block in unit_columns(column, count):
        search = Search(adjacency, block, most_steps)
        if len(search.places) > most_steps:
            raise MspeError(
                f"{parameter}: shortest paths of more than {most_steps} steps from {count} of {nodes} nodes would take "
                "too long; take fewer, or kinds that need none: clustering, core_number, pagerank"
            )
        np.maximum(roles.eccentricity, search.eccentricity(), out=roles.eccentricity)
        if with_dependency:
            dependency = search.dependency()
            roles.dependency[:] += dependency.sum(axis=1)
            roles.squares[:] += np.square(dependency).sum(axis=1)
    return roles
