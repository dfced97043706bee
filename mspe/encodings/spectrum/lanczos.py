"""A few extreme eigenvalues of a sparse matrix, by Lanczos iteration from a fixed start: the same every time."""

import math
from typing import Any, Literal

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_array

from mspe.encodings.spectrum.chebyshev import EXACT_MAX_NODES
from mspe.encodings.spectrum.ordering import cuthill_mckee, distances

_RESTARTS, _LARGE_RESTARTS = 100, 20  # some ten are enough where eigenvalues can be told apart
_LARGE_TOLERANCE = 1e-4  # of the spectral range of graphs that are not measured exactly
_MOST_FILL = 3 * 10**8  # entries of triangular factors: some gigabytes

Pairs = tuple[Float[np.ndarray, " count"], Float[np.ndarray, "nodes count"]]


def sparse_spectral_range(matrix: csr_array) -> tuple[float, float]:
    """Return the largest eigenvalue of L and the smallest above zero, of the largest component; NaN where it is tiny.

    Parameters
    ----------
    matrix
        S = I − L. Of more than `EXACT_MAX_NODES` nodes, S's eigenvalues are found to about 1e-4.
    """
    from scipy.sparse.csgraph import connected_components

    _, labels = connected_components(matrix, directed=False)
    members = np.flatnonzero(labels == np.bincount(labels).argmax())
    if members.size < 3:
        return math.nan, math.nan
    component = matrix[members][:, members]
    large = members.size > EXACT_MAX_NODES
    options = (_LARGE_TOLERANCE, _LARGE_RESTARTS) if large else (0.0, _RESTARTS)
    low, _ = extreme_eigenpairs(component, 1, -1, *options) or _roughly(component, 1, -1)
    high, _ = extreme_eigenpairs(component, 2, 1, *options) or _roughly(component, 2, 1)
    return 1.0 - float(low.min()), 1.0 - float(high.min())


def extreme_eigenpairs(
    matrix: csr_array, count: int, sign: Literal[-1, 1] = 1, tolerance: float = 0.0, restarts: int = _RESTARTS
) -> Pairs | None:
    """Return the largest eigenvalues (1), or the smallest (−1), of a matrix whose own lie in [−1, 1].

    Where they lie so close that so many restarts do not part them, as on a long path or a grid, those of (A ∓ 1.001)^-1
    do: graphs of such a wide extent have triangular factors with few entries. Where they have not: None.

    Parameters
    ----------
    matrix
        Symmetric.
    count
        How many eigenvalues.
    tolerance
        Relative error of the eigenvalues; 0: what doubles allow.
    restarts
        After which the inverse is taken.
    """
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    options: dict[str, Any] = {"k": count, "v0": _start(matrix), "tol": tolerance}
    try:
        return eigsh(matrix, which=_which(sign), maxiter=restarts, **options)
    except ArpackNoConvergence:
        if _bandwidth(matrix) * matrix.shape[0] > _MOST_FILL:
            return None
        return eigsh(matrix.tocsc(), sigma=1.001 * sign, which="LM", **options)


def _roughly(matrix: csr_array, count: int, sign: Literal[-1, 1]) -> Pairs:
    from scipy.sparse.linalg import eigsh

    return eigsh(matrix, k=count, which=_which(sign), v0=_start(matrix), tol=0.01)


def _which(sign: Literal[-1, 1]) -> str:
    return "LA" if sign > 0 else "SA"


def _start(matrix: csr_array) -> Float[np.ndarray, " nodes"]:
    return np.random.default_rng(0).standard_normal(matrix.shape[0])


def _bandwidth(matrix: csr_array) -> int:
    """Return how far from the diagonal entries lie in the order of Cuthill and McKee, which bounds a row of factors."""
    return int(distances(matrix, cuthill_mckee(matrix)).max(initial=0))
