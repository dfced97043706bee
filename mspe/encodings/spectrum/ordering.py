"""An order of a graph's nodes in which neighbours lie near each other."""

import numpy as np
from jaxtyping import Int
from scipy.sparse import csr_array


def local_order(matrix: csr_array) -> Int[np.ndarray, " nodes"]:
    """Return the order of Cuthill and McKee where it halves the mean distance of neighbours, else the present one.

    A product of a large matrix with a block of vectors waits for the rows of a node's neighbours; those of a grid whose
    nodes are in a random order lie anywhere, and in this order in the cache. On a random graph no order helps.

    Parameters
    ----------
    matrix
        Symmetric.

    Examples
    --------
    >>> path = csr_array(np.array([[0, 0, 1, 0], [0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 0]]))
    >>> cuthill_mckee(path).tolist()  # 0 – 2 – 1 – 3
    [3, 1, 2, 0]
    """
    present, order = np.arange(matrix.shape[0]), cuthill_mckee(matrix)
    return order if 2 * distances(matrix, order).mean() < distances(matrix, present).mean() else present


def cuthill_mckee(matrix: csr_array) -> Int[np.ndarray, " nodes"]:
    """Return the nodes in the reverse order of Cuthill and McKee, which makes the bandwidth small."""
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    return np.ascontiguousarray(reverse_cuthill_mckee(matrix, symmetric_mode=True))  # torch takes no view backwards


def distances(matrix: csr_array, order: Int[np.ndarray, " nodes"]) -> Int[np.ndarray, " entries"]:
    """Return how far from the diagonal each entry lies when rows and columns are in an order."""
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    row = np.repeat(np.arange(order.size), np.diff(matrix.indptr))
    return np.abs(place[row] - place[matrix.indices])
