"""Simple paths and cycles, counted: by closed formulas where they are short, by enumeration otherwise.

A simple path visits no node twice; a simple cycle is one whose ends are joined by an edge.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.encodings.structure import components, core_numbers, edges_of

LONGEST_BY_FORMULA = 4
"""Edges of the longest paths that `path_counts` counts."""
_DENSE_NODES = 512  # of a graph whose n² matrices are multiplied rather than its cycles enumerated
_BLOCK = 2**18  # paths that are extended at a time
_MOST_PATHS = 2 * 10**7  # of one component: some seconds


def path_counts(
    adjacency: Float[Tensor, "graphs size size"], longest: int
) -> Float[Tensor, "graphs size size {longest}"]:
    """Count the simple paths of 1 to `longest` edges, at most 4, between two nodes of a graph.

    Of all walks (powers of A), those are subtracted that visit a node twice, by inclusion and exclusion over the pairs
    of places that hold the same node. With d the degrees, t = diag A³, and i ≠ j:

    P₂ = A²
    P₃ = A³ − A ∘ (d_i + d_j − 1)
    P₄ = A⁴ − A² ∘ (d_i + d_j − 2) − A diag(d) A − A ∘ (t_i + t_j) + 3 A ∘ A²

    (Alon, Yuster and Zwick, Algorithmica 17, 1997, count cycles so.) Counts are exact up to 2⁵³.
    """
    matrix = adjacency.double()
    degree = matrix.sum(dim=-1)
    degrees = degree[:, :, None] + degree[:, None, :]
    counts = [matrix]
    if longest >= 2:
        square = matrix @ matrix
        counts.append(square)
    if longest >= 3:
        cube = square @ matrix
        counts.append(cube - matrix * (degrees - 1))
    if longest >= LONGEST_BY_FORMULA:
        closed = cube.diagonal(dim1=1, dim2=2)
        twice = square * (degrees - 2) + (matrix * degree[:, None]) @ matrix
        counts.append(square @ square - twice - matrix * (closed[:, :, None] + closed[:, None]) + 3 * matrix * square)
    off_diagonal = 1.0 - torch.eye(matrix.size(-1), dtype=matrix.dtype, device=matrix.device)
    return torch.stack(counts, dim=-1) * off_diagonal[:, :, None]


def cycle_counts(
    adjacency: csr_array, slot: Int[np.ndarray, " nodes"], size: int, lengths: Sequence[int], parameter: str
) -> Float[np.ndarray, "edges lengths"]:
    """Count the simple cycles of each length through each edge, the edges in the order of the sparse matrix.

    A cycle of length k through an edge is a simple path of k − 1 edges between its ends.

    Parameters
    ----------
    adjacency
        Of simple graphs.
    slot, size
        Each node's place in a grid [graphs, size].
    lengths
        From 3.
    parameter
        The path of the parameter that an error tells to lower.

    Raises
    ------
    MspeError
        If a graph has too many paths to enumerate.
    """
    row, column = edges_of(adjacency)
    if max(lengths) <= LONGEST_BY_FORMULA + 1 and size <= _DENSE_NODES:
        grid = torch.zeros((slot // size).max() + 1, size, size, dtype=torch.float64)
        place = torch.from_numpy(slot[row] * size + slot[column] % size)
        grid.view(-1)[place] = 1.0
        paths = path_counts(grid, max(lengths) - 1).flatten(0, 2)
        return paths[place][:, [length - 2 for length in lengths]].numpy()
    counts = np.zeros((row.size, len(lengths)))
    edge = row.astype(np.int64) * slot.size + column  # ascending
    for cycles in enumerate_cycles(adjacency, max(lengths), parameter):
        if len(cycles) in lengths:
            following = np.roll(cycles, -1, axis=0)
            both_ways = np.concatenate([cycles * slot.size + following, following * slot.size + cycles], axis=None)
            places = np.searchsorted(edge, both_ways)
            counts[:, lengths.index(len(cycles))] += np.bincount(places, minlength=row.size)
    return counts


def enumerate_cycles(adjacency: csr_array, longest: int, parameter: str) -> Iterator[Int[np.ndarray, "length cycles"]]:
    """Yield the simple cycles of up to `longest` nodes, each once, in blocks of one length.

    Only nodes of the 2-core lie on cycles. Numbered by descending degree there, each cycle begins at its lowest node,
    and goes on to the lower of that one's two neighbours on it, so not to the highest of all its neighbours. A lowest
    node of degree 2 means that all have degree 2: the cycle is a whole component, so that beside nodes of a higher
    degree only the first of each component begins one.
    """
    inside = core_numbers(adjacency, highest=2) == 2
    degree = np.where(inside, adjacency @ inside.astype(np.float64), 0)
    kept = np.argsort(-degree, kind="stable")[: inside.sum()]
    core = csr_array(adjacency[kept][:, kept])
    core.sort_indices()
    component = components(core)
    begins = degree[kept] > 2
    begins[np.unique(component, return_index=True)[1]] = True
    row, column = edges_of(core)
    highest = core.indices[core.indptr[1:] - 1]  # neighbour of each node, of which all have some
    first = np.stack([row, column])[:, begins[row] & (column > row) & (column < highest[row])]
    for paths, parent, following, _ in _extended_paths(core, component, first, longest, True, parameter):
        if len(paths) >= 3:
            closed = parent[following == paths[0].take(parent)]
            cycles = paths[:, closed]
            yield kept[cycles[:, cycles[1] < cycles[-1]]]


def enumerate_paths(adjacency: csr_array, longest: int, parameter: str) -> Iterator[Int[np.ndarray, "nodes paths"]]:
    """Yield the simple paths of 1 to `longest` edges, each in both directions, in blocks of one length."""
    first, component = np.arange(adjacency.shape[0])[None], components(adjacency)
    for paths, parent, following, fresh in _extended_paths(adjacency, component, first, longest, False, parameter):
        yield np.vstack([paths[:, parent[fresh]], following[fresh]])


def _extended_paths(
    adjacency: csr_array,
    component: Int[np.ndarray, " nodes"],
    first: Int[np.ndarray, "begun paths"],
    longest: int,
    rooted_at_lowest: bool,
    parameter: str,
) -> Iterator[
    tuple[
        Int[np.ndarray, "nodes paths"],
        Int[np.ndarray, " steps"],
        Int[np.ndarray, " steps"],
        Bool[np.ndarray, " steps"],
    ]
]:
    """Yield simple paths of up to `longest` nodes, begun as given, with each step from their last node to a neighbour.

    A step is the number of its path, the neighbour, and whether that is not on the path (and above its first node, if
    asked for): there the path goes on. Blocks of paths are extended depth first, so that memory is bounded.
    """
    degree = np.diff(adjacency.indptr)
    done = np.zeros(component.max(initial=-1) + 1)
    blocks = [first]
    while blocks:
        paths = blocks.pop()
        steps = degree[paths[-1]]
        if steps.sum() > _BLOCK and steps.size > 1:
            blocks += np.array_split(paths, 2, axis=1)
            continue
        done += np.bincount(component[paths[0]], weights=steps, minlength=done.size)
        if (done > _MOST_PATHS).any():
            raise _too_many(adjacency[component == done.argmax()], longest, parameter)
        parent = np.repeat(np.arange(steps.size), steps)
        first = adjacency.indptr[paths[-1]] - (
            np.cumsum(steps) - steps
        )  # of a path's neighbours, less the steps before
        following = adjacency.indices[first[parent] + np.arange(parent.size)]
        fresh = following > paths[0, parent] if rooted_at_lowest else following != paths[0, parent]
        for nodes in paths[1:]:
            fresh &= following != nodes[parent]
        yield paths, parent, following, fresh
        if len(paths) < longest and fresh.any():
            blocks.append(np.vstack([paths[:, parent[fresh]], following[fresh]]))


def _too_many(rows: csr_array, longest: int, parameter: str) -> MspeError:
    """The error for a component, whose rows of the adjacency matrix these are."""
    matrix = rows[:, np.unique(rows.indices)]
    walks = np.ones(matrix.shape[0])
    for _ in range(longest):
        walks = matrix @ walks
    return MspeError(
        f"{parameter}: a graph of {matrix.shape[0]} connected nodes has up to {walks.sum():.1e} paths of {longest} "
        f"edges to follow, allowed: {_MOST_PATHS:.0e}; lower it, or take encodings.filters.walk instead"
    )
