"""The simple graphs in which structural encodings count, all graphs of a view in one sparse matrix.

Each edge is followed either way, repeated edges are one, weights are ignored, and self-loops are left out. A disjoint
union then counts as its parts do, and a batch as its graphs.
"""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csr_array
from torch import Tensor

from mspe.encodings.graph_view import GraphView

_COLUMN_ELEMENTS = 2**21  # entries of a block of columns, so that it stays near the processor


def simple_adjacency(graphs: GraphView) -> csr_array:
    """Return the adjacency matrix [nodes, nodes] of all graphs: symmetric, zeros and ones, with an empty diagonal."""
    row, column = graphs.edge_index.cpu().numpy()
    kept = row != column
    nodes = graphs.layout.slot.numel()
    both_ways = np.concatenate([row[kept], column[kept]]), np.concatenate([column[kept], row[kept]])
    adjacency = coo_array((np.ones(both_ways[0].size), both_ways), shape=(nodes, nodes)).tocsr()
    adjacency.data[:] = 1.0
    return adjacency


def edges_of(adjacency: csr_array) -> tuple[Int[np.ndarray, " edges"], Int[np.ndarray, " edges"]]:
    """Return the rows and columns of the entries, in their order."""
    return np.repeat(np.arange(adjacency.shape[0]), np.diff(adjacency.indptr)), adjacency.indices


def components(adjacency: csr_array) -> Int[np.ndarray, " nodes"]:
    """Return the number of each node's connected component."""
    from scipy.sparse.csgraph import connected_components

    return connected_components(adjacency, directed=False)[1]


def ranks(component: Int[np.ndarray, " nodes"]) -> Int[np.ndarray, " nodes"]:
    """Number the nodes of each component from 0."""
    order = np.argsort(component, kind="stable")
    first = np.cumsum(np.bincount(component)) - np.bincount(component)  # place of each component's first node
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size) - first[component[order]]
    return rank


def unit_columns(column: Int[np.ndarray, " nodes"], count: int) -> Iterator[Float[np.ndarray, "nodes block"]]:
    """Yield blocks of a matrix [nodes, count] with a one in each node's column, none where that is below 0.

    With the rank of each node in its component as its column, a power of the adjacency matrix times all blocks holds
    every pair of connected nodes, in Σ n · n_max numbers.
    """
    width = max(1, _COLUMN_ELEMENTS // max(1, column.size))
    for start in range(0, count, width):
        yield (column[:, None] == np.arange(start, min(start + width, count))).astype(np.float64)


def core_numbers(adjacency: csr_array, highest: int | None = None) -> Int[np.ndarray, " nodes"]:
    """Return the largest k of each node such that it lies in a subgraph in which every node has k neighbours.

    A number above `highest` counts as it, and is not looked for. Nodes with too few neighbours are removed, all at a
    time, until none is left (Batagelj and Zaveršnik, arXiv cs/0310049).
    """
    degree = np.diff(adjacency.indptr)
    limit = degree.size if highest is None else highest
    core = np.full(degree.size, limit)
    left = np.ones(degree.size, dtype=bool)
    level = 0
    while left.any():
        level = max(level, int(degree[left].min()))
        if level >= limit:
            break
        removed = left & (degree <= level)
        while removed.any():
            core[removed] = level
            left &= ~removed
            degree = degree - (adjacency @ removed.astype(np.float64)).astype(np.int64)
            removed = left & (degree <= level)
    return core


def pair_grid(
    graphs: GraphView,
    row: Int[np.ndarray, " pairs"],
    column: Int[np.ndarray, " pairs"],
    values: Float[np.ndarray, "pairs channels"],
) -> Float[Tensor, "graphs size size channels"]:
    """Spread the values of pairs of nodes, numbered as the view does, over the grid; other pairs hold zero."""
    layout = graphs.layout
    count, size = layout.shape
    device, first = layout.slot.device, layout.nodes.start
    ends = [torch.from_numpy(nodes.astype(np.int64)).to(device) + first for nodes in (row, column)]
    grid = torch.zeros(values.shape[1], count * size * size, device=device)
    grid[:, layout.pair_slot(*ends)] = torch.from_numpy(values.T.astype(np.float32)).to(device)
    return grid.view(-1, count, size, size).permute(1, 2, 3, 0)
