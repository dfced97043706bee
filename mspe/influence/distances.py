"""Distances from chosen nodes of a graph: hops and effective resistance, edges followed either way."""

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csr_array

MOST_NODES = 2000
"""Nodes of a graph up to which resistances are computed, and edges removed: each decomposes a dense matrix."""


def adjacency_of(edge_index: Int[np.ndarray, "2 edges"], num_nodes: int) -> csr_array:
    """Return the adjacency matrix of the simple graph: symmetric, zeros and ones, with an empty diagonal.

    Examples
    --------
    >>> adjacency_of(np.array([[0, 0, 1], [1, 1, 1]]), 2).toarray().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    row, column = edge_index[:, edge_index[0] != edge_index[1]]
    both = np.concatenate([row, column]), np.concatenate([column, row])
    adjacency = coo_array((np.ones(both[0].size), both), shape=(num_nodes, num_nodes)).tocsr()
    adjacency.data[:] = 1.0
    return adjacency


def hops_from(adjacency: csr_array, sources: Int[np.ndarray, " sources"]) -> Float[np.ndarray, "sources nodes"]:
    """Return the edges on a shortest path from each source to every node; ∞ where there is no path.

    Examples
    --------
    >>> hops_from(adjacency_of(np.array([[0, 1], [1, 2]]), 4), np.array([0])).tolist()
    [[0.0, 1.0, 2.0, inf]]
    """
    from scipy.sparse.csgraph import shortest_path

    return shortest_path(adjacency, unweighted=True, indices=sources)


def resistance_from(
    adjacency: csr_array, sources: Int[np.ndarray, " sources"], hops: Float[np.ndarray, "sources nodes"]
) -> Float[np.ndarray, "sources nodes"]:
    """Return the effective resistance from each source to every node, of unit resistors; ∞ where no path leads.

    R_uv = L⁺_uu + L⁺_vv − 2 L⁺_uv with the combinatorial Laplacian's pseudo-inverse (Klein and Randić 1993).

    Examples
    --------
    >>> triangle, start = adjacency_of(np.array([[0, 1, 2], [1, 2, 0]]), 3), np.array([0])
    >>> resistance_from(triangle, start, hops_from(triangle, start)).round(6).tolist()
    [[0.0, 0.666667, 0.666667]]
    """
    dense = adjacency.toarray()
    inverse = np.linalg.pinv(np.diag(dense.sum(axis=1)) - dense, hermitian=True)
    diagonal = np.diag(inverse)
    resistance = diagonal[sources, None] + diagonal[None] - 2.0 * inverse[sources]
    return np.where(np.isfinite(hops), np.maximum(resistance, 0.0), np.inf)
