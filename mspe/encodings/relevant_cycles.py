"""Relevant cycles: those of all minimum cycle bases, which no numbering of the nodes changes.

A set of smallest rings (SSSR) is one minimum cycle basis, and which one is arbitrary: of cubane's six squares it holds
five. A cycle is relevant if it is not a sum, edge by edge modulo 2, of shorter cycles (Vismara, Electronic J.
Combinatorics 4, 1997, R9), whose algorithm this is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain, combinations, groupby, islice
from operator import or_

import numpy as np
from jaxtyping import Bool
from scipy.sparse import csr_array

from mspe.common.errors import MspeError
from mspe.encodings.structure import core_numbers, edges_of

_MOST_WORK = 2 * 10**6  # nodes · edges of a block, for the searches: some ten seconds
_MOST_SUMS = 5 * 10**7  # families · independent cycles of a block, for telling sums of shorter ones: as many

Edges = int
"""A set of a component's edges, one bit each."""


def edges_by_ring_size(adjacency: csr_array, largest: int, parameter: str) -> Bool[np.ndarray, "edges {largest}-1"]:
    """Return which edges, in their order in the matrix, lie on relevant cycles of 3, 4, … `largest` nodes, and more.

    Raises
    ------
    MspeError
        If a graph is too large; it names the parameter.
    """
    from networkx import Graph, biconnected_component_edges

    row, column = edges_of(adjacency)
    core = core_numbers(adjacency, highest=2) == 2  # no other node lies on a cycle
    cyclic = np.flatnonzero(core[row] & core[column])
    place = dict(zip(zip(row[cyclic].tolist(), column[cyclic].tolist(), strict=True), cyclic.tolist(), strict=True))
    found = np.zeros((row.size, largest - 1), dtype=bool)
    for block in biconnected_component_edges(Graph(place.keys())):  # a cycle stays within one
        edges = sorted((min(edge), max(edge)) for edge in block)
        numbers = {node: number for number, node in enumerate(sorted({node for edge in edges for node in edge}))}
        families = relevant_cycles(len(numbers), [(numbers[i], numbers[j]) for i, j in edges], parameter)
        for length, members in families if len(edges) > 1 else ():
            chosen = [edge for number, edge in enumerate(edges) if members >> number & 1]
            both_ways = [place[edge] for edge in chosen] + [place[j, i] for i, j in chosen]
            found[both_ways, min(length - 3, largest - 2)] = True
    return found


def relevant_cycles(
    nodes: int, edges: Sequence[tuple[int, int]], parameter: str = "relevant_cycles"
) -> Iterator[tuple[int, Edges]]:
    """Yield the length and the edges of each family of relevant cycles of a connected graph, by length.

    The cycles of a family differ in which shortest paths they take from their highest node; their edges are joined.
    Families are tested by one cycle each: if it is no sum of shorter ones, then none of the family is.

    Raises
    ------
    MspeError
        If the graph is too large; it names the parameter.

    Examples
    --------
    >>> list(relevant_cycles(4, [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]))  # two triangles that share an edge
    [(3, 7), (3, 28)]
    """
    independent = len(edges) - nodes + 1
    if independent == 1 and min(Counter(chain.from_iterable(edges)).values()) == 2:  # the graph is a cycle
        yield nodes, (1 << nodes) - 1
        return
    most = _MOST_SUMS // max(independent, 1)
    found = list(islice(_families(nodes, edges), most + 1)) if nodes * len(edges) <= _MOST_WORK else []
    if nodes * len(edges) > _MOST_WORK or len(found) > most:
        raise MspeError(
            f"{parameter}: a graph has a block of {nodes} nodes and {len(edges)} edges without a bridge, too many to "
            "tell its rings from sums of shorter ones in seconds; take encodings.homomorphisms or "
            "encodings.filters.walk instead, which follow closed walks"
        )
    basis: dict[int, Edges] = {}  # by the highest bit
    for length, families in groupby(sorted(found), key=lambda family: family[0]):
        if len(basis) == independent:
            return
        remainders = []
        for _, cycle, joined in families:
            remainder = _reduce(cycle, basis)
            if remainder:
                remainders.append(remainder)
                yield length, joined
        for remainder in remainders:
            if left := _reduce(remainder, basis):
                basis[left.bit_length()] = left


def _reduce(cycle: Edges, basis: dict[int, Edges]) -> Edges:
    """What is left of a cycle without those of the basis; nothing, if it is their sum."""
    while cycle and cycle.bit_length() in basis:
        cycle ^= basis[cycle.bit_length()]
    return cycle


def _families(nodes: int, edges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, Edges, Edges]]:
    """Yield families of cycles, all relevant ones among them: length, edges of one cycle, edges of all.

    For each node r, shortest paths from r through lower nodes alone; two of them of one length, which meet in r alone,
    close a cycle of odd length over an edge between their ends, and of even length over a common neighbour of these.
    """
    neighbours: dict[int, dict[int, Edges]] = defaultdict(dict)
    for number, (i, j) in enumerate(edges):
        neighbours[i][j] = neighbours[j][i] = 1 << number
    for root in range(nodes):
        steps = _distances(neighbours, root)
        path = {root: (0, 0)}  # of each node reached: nodes and edges of one path from the root, without the root
        joined = {root: 0}  # the edges of all such paths
        before: dict[int, list[int]] = {}
        for node in sorted(range(root), key=steps.__getitem__):
            before[node] = [n for n in neighbours[node] if n in path and steps[n] == steps[node] - 1]
            if before[node]:
                first = before[node][0]
                path[node] = (path[first][0] | 1 << node, path[first][1] | neighbours[node][first])
                joined[node] = reduce(or_, (joined[n] | neighbours[node][n] for n in before[node]))
        for node in path:
            links = neighbours[node]
            level = [n for n in links if n < node and n in path and steps[n] == steps[node]]
            closing = [(node, n, links[n]) for n in level]
            closing += [(i, j, links[i] | links[j]) for i, j in combinations(before.get(node, ()), 2)]
            for i, j, between in closing:
                if not path[i][0] & path[j][0]:
                    cycle = path[i][1] | path[j][1] | between
                    yield cycle.bit_count(), cycle, joined[i] | joined[j] | between


def _distances(neighbours: Mapping[int, Mapping[int, Edges]], root: int) -> dict[int, int]:
    """Steps from the root to each node."""
    steps, reached = {root: 0}, [root]
    for node in reached:
        for following in neighbours[node]:
            if following not in steps:
                steps[following] = steps[node] + 1
                reached.append(following)
    return steps
