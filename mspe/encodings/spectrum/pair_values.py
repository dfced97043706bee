"""Large graphs: values of filters between chosen pairs of nodes, such as edges, without eigenvectors.

A filter of the normalised Laplacian is nearly a polynomial of S = I − L, g(L) = Σ_j c_j T_j(S) (`filter_coefficients`).
Between two nodes it is found as the measure of a node is (`chebyshev`, `probes`): exactly, from columns of the
polynomials; or estimated, by E[(f(S)z)_u z_v] = f(S)_uv for random signs z, where the part of λ = 0 and the first
polynomials, whose rows reach few nodes, are known exactly and correct the estimate of the rest.
"""

import math

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array, eye_array
from torch import Tensor

from mspe.common.parallel import for_each
from mspe.common.terminal import progress_bar
from mspe.encodings.spectrum.chebyshev import working_precision
from mspe.encodings.spectrum.local_moments import LOCAL_WORK, count_steps
from mspe.encodings.spectrum.probes import NUM_PROBES, TrivialModes, sampled_nodes
from mspe.encodings.spectrum.recurrence import chebyshev_terms, torch_matrix

_COLUMNS = 16  # of an exact block: few enough that a recurrence stays in the cache
_PROBES = 32  # a block
_ROWS = 1024  # a block


def exact_pair_values(
    matrix: csr_array, pairs: Int[Tensor, "2 pairs"], coefficients: Float[Tensor, "orders channels"]
) -> Float[Tensor, "pairs channels"]:
    """Return Σ_j c_j T_j(S)_uv of each pair (u, v): columns v of the polynomials are formed, a block at a time.

    Parameters
    ----------
    matrix
        S = I − L of one graph, as `sparse_operator` gives it.
    pairs
        Nodes u and v: each pair once, in the order of `torch.unique(…, dim=1)`; a node may stand beside itself.
    coefficients
        c of each channel, as `filter_coefficients` gives them.

    Returns
    -------
    Tensor
        In float64.
    """
    operator = torch_matrix(working_precision(matrix))
    columns, place = torch.unique(pairs[1], return_inverse=True)
    order = torch.argsort(place)
    starts = range(0, columns.numel(), _COLUMNS)
    bounds = torch.searchsorted(place[order], torch.tensor([*starts, columns.numel()])).tolist()
    values = torch.empty(pairs.size(1), coefficients.size(1), dtype=torch.float64)
    with progress_bar(starts, "filters between pairs", unit="block", delay=1.0) as bar:

        def of_block(number: int) -> None:
            chosen = order[bounds[number] : bounds[number + 1]]
            block = columns[starts[number] : starts[number] + _COLUMNS]
            unit = torch.zeros(operator.size(0), block.numel(), dtype=operator.dtype)
            unit[block, torch.arange(block.numel())] = 1.0
            at = pairs[0, chosen], place[chosen] - starts[number]
            terms = zip(range(len(coefficients)), chebyshev_terms(operator, unit), strict=False)
            moments = torch.stack([term[at] for _, term in terms], dim=1)
            values[chosen] = moments.double() @ coefficients
            bar.update()

        for_each(of_block, ((number,) for number in range(len(starts))))
    return values


def estimated_pair_values(
    matrix: csr_array,
    root: Float[Tensor, " nodes"],
    pairs: Int[Tensor, "2 pairs"],
    coefficients: Float[Tensor, "orders channels"],
    num_probes: int = NUM_PROBES,
    work: float = LOCAL_WORK,
    seed: int = 0,
) -> tuple[Float[Tensor, "pairs channels"], Float[Tensor, "pairs channels"]]:
    """Estimate Σ_j c_j T_j(S)_uv of each pair (u, v).

    Parameters
    ----------
    matrix, root
        S = I − L of one graph and D^½, as `sparse_operator` gives them.
    pairs, coefficients
        As `exact_pair_values` takes them.
    num_probes, work, seed
        As `estimated_spectral_weights` takes them.

    Returns
    -------
    tuple
        The values, and what is distributed as their own error: half the difference between two independent halves of
        the probes. Of pairs whose second node is one of `sampled_nodes`, whose exact values are computed, it is their
        error itself.
    """
    working = working_precision(matrix)
    known = local_pair_values(working, pairs, len(coefficients) - 1, work)
    sampled = torch.isin(pairs[1], sampled_nodes(matrix.shape[0]))
    if known.size(1) == len(coefficients):
        values = known.double() @ coefficients
        error = torch.zeros_like(values)
    else:
        values, error = _estimate(working, root, pairs, coefficients, known, num_probes, seed)
    error[sampled] = values[sampled] - exact_pair_values(matrix, pairs[:, sampled], coefficients).to(values.dtype)
    return values, error


def local_pair_values(
    matrix: csr_array, pairs: Int[Tensor, "2 pairs"], degree: int, work: float = LOCAL_WORK
) -> Float[Tensor, "pairs known"]:
    """Return T_j(S)_uv, j = 0 … known − 1, of each pair, exactly: a row u of these holds the nodes near u alone.

    Parameters
    ----------
    matrix, pairs
        As `exact_pair_values` takes them.
    degree
        No more polynomials than up to this degree.
    work
        Multiplications per node, by which the number of steps is chosen: at least one, whatever it takes.
    """
    nodes = matrix.shape[0]
    steps = count_steps(matrix, degree, work)
    starts = range(0, nodes, _ROWS)
    bounds = torch.searchsorted(pairs[0].contiguous(), torch.tensor([*starts, nodes])).tolist()
    values = torch.empty(pairs.size(1), steps + 1, dtype=torch.from_numpy(matrix.data[:0]).dtype)
    with progress_bar(starts, "local walks", unit="block", delay=1.0) as bar:

        def of_block(number: int) -> None:
            chosen = slice(bounds[number], bounds[number + 1])
            row, column = pairs[:, chosen].numpy()
            rows = slice(starts[number], min(starts[number] + _ROWS, nodes))
            values[chosen] = torch.from_numpy(_of_rows(matrix, rows, row - starts[number], column, steps))
            bar.update()

        for_each(of_block, ((number,) for number in range(len(starts))))
    return values


def _of_rows(
    matrix: csr_array, rows: slice, row: Int[np.ndarray, " pairs"], column: Int[np.ndarray, " pairs"], steps: int
) -> Float[np.ndarray, "pairs known"]:
    previous, current = eye_array(matrix.shape[0], dtype=matrix.dtype, format="csr")[rows], matrix[rows]
    values = [previous[row, column], current[row, column]]
    for _ in range(steps - 1):
        previous, current = current, 2 * (current @ matrix) - previous
        values.append(current[row, column])
    return np.stack(values, axis=1)


def _estimate(
    matrix: csr_array,
    root: Float[Tensor, " nodes"],
    pairs: Int[Tensor, "2 pairs"],
    coefficients: Float[Tensor, "orders channels"],
    known: Float[Tensor, "pairs known"],
    num_probes: int,
    seed: int,
) -> tuple[Float[Tensor, "pairs channels"], Float[Tensor, "pairs channels"]]:
    """Return the values by probes and their error, corrected by what the known polynomials' estimates are off.

    Over all pairs, the difference of the two halves in each channel is regressed on that in the known polynomials
    (control variates): what the estimates of these are off, times the coefficients, is taken from the channels.
    """
    count = known.size(1)
    told = torch.eye(len(coefficients), dtype=torch.float64)[:, :count]  # the known polynomials, as channels
    first, second = _halves(matrix, root, pairs, torch.cat([told, coefficients], dim=1), num_probes, seed)
    widths = [count, coefficients.size(1)]
    off, mean = ((first + second) / 2).split(widths, dim=1)
    told, error = ((first - second) / 2).split(widths, dim=1)
    slope = torch.linalg.lstsq(told.double(), error.double(), driver="gelsd").solution.to(error.dtype)
    return mean - (off - known) @ slope, error - told @ slope


def _halves(
    matrix: csr_array,
    root: Float[Tensor, " nodes"],
    pairs: Int[Tensor, "2 pairs"],
    coefficients: Float[Tensor, "orders channels"],
    num_probes: int,
    seed: int,
) -> tuple[Float[Tensor, "pairs channels"], Float[Tensor, "pairs channels"]]:
    """Return the channels by each half of the probes; λ = 0, where T_j(1) = 1, is added exactly."""
    operator, trivial = torch_matrix(matrix), TrivialModes(matrix, root.to(torch.from_numpy(matrix.data[:0]).dtype))
    first, second = pairs
    ones = np.ones(first.numel(), dtype=matrix.dtype)
    pattern = torch_matrix(csr_array((ones, tuple(pairs.int().numpy())), shape=matrix.shape))
    blocks = math.ceil(num_probes / 2 / _PROBES)
    halves = torch.zeros(2, coefficients.size(1), first.numel(), dtype=operator.dtype)
    with progress_bar(range(2 * blocks), "random probes", unit="block", delay=1.0) as bar:

        def of_half(half: int) -> None:
            random = torch.Generator().manual_seed(2 * seed + half)
            for _ in range(blocks):
                signs = torch.randint(0, 2, (operator.size(0), _PROBES), generator=random, dtype=torch.int8)
                probes = (2 * signs - 1).to(operator.dtype)
                filtered = apply_filters(operator, trivial.remove(probes), coefficients)
                for total, vectors in zip(halves[half], filtered, strict=True):
                    total.add_(torch.sparse.sampled_addmm(pattern, vectors, probes.T, beta=0.0).values())
                bar.update()

        for_each(of_half, [(0,), (1,)])
    halves /= blocks * _PROBES
    together = trivial.component[first] == trivial.component[second]
    zero = trivial.entries[first] * trivial.entries[second] * together
    halves += coefficients.sum(dim=0).to(halves.dtype)[:, None] * zero
    return halves[0].T, halves[1].T


def apply_filters(
    operator: Tensor, vectors: Float[Tensor, "nodes columns"], coefficients: Float[Tensor, "orders channels"]
) -> Float[Tensor, "channels nodes columns"]:
    """Return Σ_j c_j T_j(S)X of every channel, by one recursion."""
    filtered = vectors.new_zeros(coefficients.size(1), *vectors.shape)
    for weights, term in zip(coefficients.tolist(), chebyshev_terms(operator, vectors), strict=False):
        for channel, weight in zip(filtered, weights, strict=True):
            if weight:
                channel.add_(term, alpha=weight)
    return filtered
