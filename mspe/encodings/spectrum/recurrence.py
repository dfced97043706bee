"""Chebyshev polynomials of a sparse matrix, applied to a block of vectors."""

import warnings
from collections.abc import Iterator

import torch
from jaxtyping import Float
from scipy.sparse import csr_array
from torch import Tensor


def torch_matrix(matrix: csr_array) -> Tensor:
    """Return a matrix in torch's own sparse form, whose products with a block of vectors are the faster ones."""
    rows, columns, values = map(torch.from_numpy, (matrix.indptr, matrix.indices, matrix.data))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse", UserWarning)  # in beta, and unchecked: SciPy's are sound
        return torch.sparse_csr_tensor(rows, columns, values, size=matrix.shape)


def chebyshev_terms(matrix: Tensor, start: Float[Tensor, "nodes columns"]) -> Iterator[Float[Tensor, "nodes columns"]]:
    """Yield T_0(S)X, T_1(S)X, … by T_{j+1} = 2S T_j − T_{j−1}, without end.

    Parameters
    ----------
    matrix
        S as `torch_matrix` gives it, with its spectrum in [−1, 1].
    start
        X, which stays as it is. A term's memory holds the term after the next one as soon as that is asked for.

    Examples
    --------
    >>> terms = chebyshev_terms(torch_matrix(csr_array([[0.5]])), torch.ones(1, 1, dtype=torch.float64))
    >>> [float(next(terms)) for _ in range(4)]
    [1.0, 0.5, -0.5, -1.0]
    """
    previous, current = start.clone(), matrix @ start
    yield previous
    while True:
        yield current
        previous, current = current, previous.addmm_(matrix, current, beta=-1, alpha=2)
