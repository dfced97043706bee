"""Numbers of hops between nodes, in edges that lead either way."""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from mspe.graphs.packed import PackedGraphs
from mspe.graphs.packing import EDGE_LABEL_INDEX

UNREACHED = -1
"""Stands for the distance of two nodes that no path joins."""

_ENTRIES = 2**22
"""Distances at a time: 32 MB, however large a graph is."""


def diameters(graphs: PackedGraphs) -> Int[Tensor, " graphs"]:
    """Return the longest shortest path between two connected nodes of each graph.

    Of a graph in several parts it is the largest among the parts; of a single node it is 0.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> diameters(PackedGraphs.from_list([Data(edge_index=torch.tensor([[0, 1], [1, 2]]), num_nodes=3)])).tolist()
    [2]
    """
    return torch.tensor([int(_eccentricities(adjacency).max()) for adjacency in _adjacencies(graphs)])


def eccentricities(graphs: PackedGraphs) -> Int[Tensor, " nodes"]:
    """Return each node's distance from the farthest node that a path joins it to.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> eccentricities(PackedGraphs.from_list([Data(edge_index=torch.tensor([[0, 1], [1, 2]]), num_nodes=3)])).tolist()
    [2, 1, 2]
    """
    return torch.from_numpy(np.concatenate([_eccentricities(adjacency) for adjacency in _adjacencies(graphs)]))


def link_distances(graphs: PackedGraphs) -> Int[Tensor, " links"]:
    """Return the distance of each pair of nodes in `edge_label_index`; `UNREACHED` where no path joins them."""
    pairs = graphs.fields[EDGE_LABEL_INDEX].cpu().numpy()  # [links, 2]
    by_graph = np.split(pairs, graphs.num_links.cumsum(0).tolist()[:-1])
    found = [_between(adjacency, *own.T) for adjacency, own in zip(_adjacencies(graphs), by_graph, strict=True)]
    return torch.from_numpy(np.concatenate(found))


def _adjacencies(graphs: PackedGraphs) -> Iterator[csr_array]:
    edges = np.split(graphs.edge_index.cpu().numpy(), graphs.num_edges.cumsum(0).tolist()[:-1], axis=1)
    for size, own in zip(graphs.num_nodes.tolist(), edges, strict=True):
        yield csr_array((np.ones(own.shape[1]), own), shape=(size, size))


def _eccentricities(adjacency: csr_array) -> Int[np.ndarray, " nodes"]:
    nodes = np.arange(adjacency.shape[0])
    return np.concatenate([np.where(np.isfinite(d), d, 0).max(axis=1) for _, d in _searches(adjacency, nodes)]).astype(
        np.int64
    )


def _between(
    adjacency: csr_array, first: Int[np.ndarray, " pairs"], second: Int[np.ndarray, " pairs"]
) -> Int[np.ndarray, " pairs"]:
    result = np.full(first.size, UNREACHED, dtype=np.int64)
    sources, row = np.unique(first, return_inverse=True)
    for begin, distances in _searches(adjacency, sources):
        own = (row >= begin) & (row < begin + len(distances))
        found = distances[row[own] - begin, second[own]]
        result[own] = np.where(np.isfinite(found), found, UNREACHED)
    return result


def _searches(
    adjacency: csr_array, sources: Int[np.ndarray, " sources"]
) -> Iterator[tuple[int, Float[np.ndarray, "block nodes"]]]:
    """The place of the first source of each block, and distances from the block's sources to all nodes."""
    from scipy.sparse.csgraph import shortest_path

    block = max(1, _ENTRIES // adjacency.shape[0])
    for begin in range(0, sources.size, block):
        some = sources[begin : begin + block]
        yield begin, shortest_path(adjacency, directed=False, unweighted=True, indices=some)
