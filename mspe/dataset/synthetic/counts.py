"""Questions that count: the nodes near a node, the short cycles of a graph."""

import numpy as np

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.dataset.synthetic.question import Answered, Question


def within_hops(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Number of other nodes at most `distance` hops from each."""
    return Answered((graph.distances() <= params.distance).sum(axis=1) - 1)


def cycles(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Number of cycles of `cycle_length` nodes."""
    return Answered(np.array([count_cycles(graph, params.cycle_length)]))


def count_cycles(graph: SyntheticGraph, length: int) -> int:
    """Count the cycles of 3, 4 or 5 nodes: closed walks less those that go along an edge twice.

    With the adjacency A, degrees d and traces t_k = tr A^k (Harary and Manvel 1971):
    C₃ = t₃ / 6, C₄ = (t₄ − 2 Σ dᵢ² + Σ dᵢ) / 8, C₅ = (t₅ − 5 t₃ − 5 Σ (dᵢ − 2) (A³)ᵢᵢ) / 10.
    Entries of A² and A³ are exact in double precision; their products are added as integers.

    Examples
    --------
    >>> from itertools import combinations
    >>> complete = SyntheticGraph(5, np.array(list(combinations(range(5), 2))).T)
    >>> [count_cycles(complete, length) for length in (3, 4, 5)]
    [10, 15, 12]
    """
    first = graph.adjacency.toarray()
    second = first @ first
    third = (second @ first).astype(np.int64)
    squares, degrees, closed = second.astype(np.int64), graph.degrees, np.diag(third)
    if length == 3:
        return int(closed.sum()) // 6
    if length == 4:
        return int((squares**2).sum() - 2 * (degrees**2).sum() + degrees.sum()) // 8
    return int((squares * third).sum() - 5 * closed.sum() - 5 * ((degrees - 2) * closed).sum()) // 10


QUESTIONS = (
    Question("within_hops", "the number of nodes within {distance} hops of each", "node", within_hops, connected=False),
    Question("cycles", "the number of cycles of length {cycle_length}", "graph", cycles, connected=False),
)
