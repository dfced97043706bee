"""The first Chebyshev moments of every node, exactly, from the rows of sparse polynomials.

T_m(S) e_i has values on the nodes within m steps of i alone, and its products give the moments of degree 2m: where so
few steps reach few nodes, that is little work even of a very large graph.
"""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import csr_array, eye_array
from torch import Tensor

from mspe.encodings.spectrum.checkpoint import Checkpoint, fill_rows

LOCAL_WORK = 3000
"""Multiplications a node that the rows may take: some tenth of a millisecond."""

_ROWS = 1024  # a block
_SAMPLE = 512  # rows off which the work is read


def local_moments(
    matrix: csr_array, degree: int, work: float = LOCAL_WORK, state: Path | None = None
) -> Float[Tensor, "nodes known"]:
    """Return diag T_j(S), j = 0 … known − 1, of every node, by ‖T_m e_i‖² and ⟨T_{m−1} e_i, T_m e_i⟩.

    Parameters
    ----------
    matrix
        S = I − L.
    degree
        Even; no more moments than up to this degree.
    work
        Multiplications a node, by which the number of steps is chosen: at least one, whatever it takes.
    state
        Folder in which finished rows are kept, so that an interrupted call, made again, resumes; None: nowhere.

    Returns
    -------
    Tensor
        In the precision of `matrix`; an odd number of moments, from 3 to degree + 1.
    """
    steps, nodes = count_steps(matrix, degree // 2, work), matrix.shape[0]
    moments = torch.empty(nodes, 2 * steps + 1, dtype=torch.from_numpy(matrix.data[:0]).dtype)

    def of_block(rows: slice) -> Float[Tensor, "block known"]:
        return torch.from_numpy(_row_moments(matrix, rows, steps))

    checkpoint = Checkpoint.of(state, "walks", matrix, steps=steps, block=_ROWS)
    fill_rows(moments, _ROWS, of_block, "local walks", checkpoint)
    return moments


def count_steps(matrix: csr_array, most: int, work: float) -> int:
    """Return how many steps take so many multiplications a node, read off a sample of nodes; from 1 to `most`."""
    nodes = matrix.shape[0]
    sample = np.random.default_rng(0).choice(nodes, min(nodes, _SAMPLE), replace=False)
    rows, width, spent = matrix[sample], np.diff(matrix.indptr), 0.0
    for steps in range(1, most):
        spent += width[rows.indices].sum() / sample.size
        if spent > work:
            return steps
        rows = rows @ matrix  # values are positive, so that none of the places reached is lost
    return most


def _row_moments(matrix: csr_array, rows: slice, steps: int) -> Float[np.ndarray, "rows known"]:
    previous, current = eye_array(matrix.shape[0], dtype=matrix.dtype, format="csr")[rows], matrix[rows]
    first = matrix.diagonal()[rows]
    moments = [np.ones_like(first), first]
    for _ in range(steps - 1):
        moments.append(2 * _squares(current) - 1)
        previous, current = current, 2 * (current @ matrix) - previous
        moments.append(2 * previous.multiply(current).sum(axis=1) - first)
    return np.stack([*moments, 2 * _squares(current) - 1], axis=1)


def _squares(rows: csr_array) -> Float[np.ndarray, " rows"]:
    """Return the sum of squares of each row; `power` would sort it."""
    return csr_array((rows.data**2, rows.indices, rows.indptr), shape=rows.shape).sum(axis=1)
