"""Large graphs: the spectral measure of every node, without eigenvectors.

For a node i, w_i(λ) = Σ_k U_ik² δ(λ − λ_k) is its spectral measure, and diag(U g(Λ) Uᵀ)_i = ∫ g dw_i for every filter
g. Chebyshev moments of the sparse S = I − L, whose spectrum lies in [−1, 1], give it on the N = degree + 1 Chebyshev
nodes, exactly for a polynomial g of at most that degree, so for walks of so many steps, and nearly so for smooth ones
(the kernel polynomial method, Weiße et al. 2006, without damping). So here too, the graph is visited once, and each
scale costs one more cheap product.
"""

import math
from collections.abc import Callable
from pathlib import Path

import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from mspe.encodings.spectrum.checkpoint import Checkpoint, fill_rows
from mspe.encodings.spectrum.laplacian import merged_edges
from mspe.encodings.spectrum.recurrence import chebyshev_terms, torch_matrix

DEGREE = 64
EXACT_MAX_NODES = 10_000

_DOUBLE_MAX_NODES = 4_000  # above, single precision: half the time, and errors of about 1e-6
_BLOCK = 16  # columns a block: few enough that a recurrence stays in the cache


def quadrature_nodes(degree: int = DEGREE) -> Float[Tensor, " points"]:
    """The eigenvalues λ in [0, 2] at which a measure of this degree holds its weights, in float64."""
    return 1.0 - torch.cos(_angles(degree))


def _angles(degree: int) -> Float[Tensor, " points"]:
    return math.pi * (torch.arange(degree + 1, dtype=torch.float64) + 0.5) / (degree + 1)


def spectral_weights(
    matrix: csr_array, degree: int = DEGREE, state: Path | None = None
) -> Float[Tensor, "nodes points"]:
    """The spectral measure of every node, exactly: every column of the polynomials is formed, a block at a time.

    T_a e_i and T_b e_i give the moments of degree a + b, so half the degree's products are enough.

    Parameters
    ----------
    matrix
        S = I − L of one graph, as `sparse_operator` gives it.
    degree
        Of the polynomials, even.
    state
        Folder in which finished blocks are kept, so that an interrupted call, made again, resumes; None: nowhere.

    Returns
    -------
    Tensor
        The weights at `quadrature_nodes(degree)`, in float64.
    """
    matrix = working_precision(matrix)
    operator = torch_matrix(matrix)
    moments = torch.empty(matrix.shape[0], degree + 1, dtype=torch.float64)

    def of_block(nodes: slice) -> Float[Tensor, "block orders"]:
        return column_moments(operator, torch.arange(nodes.start, nodes.stop), degree)

    checkpoint = Checkpoint.of(state, "columns", matrix, degree=degree, block=_BLOCK)
    fill_rows(moments, _BLOCK, of_block, "spectral measures", checkpoint)
    return moments @ moments_to_weights(degree)


def column_moments(
    operator: Tensor, columns: Int[Tensor, " columns"], degree: int = DEGREE
) -> Float[Tensor, "columns orders"]:
    """Return diag T_j(S) of some nodes, j = 0 … degree, by T_a T_b = (T_{a+b} + T_{|a−b|}) / 2."""
    place = columns, torch.arange(columns.numel())
    unit = torch.zeros(operator.size(0), columns.numel(), dtype=operator.dtype)
    unit[place] = 1.0
    terms = chebyshev_terms(operator, unit)
    current, following = next(terms), next(terms)
    first = following[place]  # a copy
    moments = [torch.ones_like(first), first]
    for _ in range(degree // 2):
        current, following = following, next(terms)
        moments.append(2 * (current.T @ current).diagonal() - 1)  # of few columns, the fastest way to their products
        moments.append(2 * (current.T @ following).diagonal() - first)
    return torch.stack(moments[: degree + 1], dim=1).double()


def working_precision(matrix: csr_array) -> csr_array:
    """Return the matrix in the precision in which it is multiplied."""
    return matrix if matrix.shape[0] <= _DOUBLE_MAX_NODES else matrix.astype("float32")


def sparse_operator(
    edge_index: Int[Tensor, "2 edges"], edge_weight: Float[Tensor, " edges"] | None, num_nodes: int
) -> tuple[csr_array, Float[Tensor, " nodes"]]:
    """S = I − L = D^-½AD^-½ as a sparse matrix in float64, and D^½; an isolated node has S_ii = 1 and D^½ = 1."""
    index, weight = merged_edges(edge_index.cpu(), None if edge_weight is None else edge_weight.cpu(), num_nodes)
    degree = weight.new_zeros(num_nodes).index_add(0, index[0], weight)
    isolated = torch.nonzero(degree == 0).flatten()
    index = torch.cat([index, isolated.expand(2, -1)], dim=1)
    weight = torch.cat([weight, torch.ones_like(isolated, dtype=weight.dtype)])
    root = torch.where(degree == 0, 1.0, degree.sqrt())
    values = weight / (root[index[0]] * root[index[1]])
    matrix = csr_array((values.numpy(), tuple(index.int().numpy())), shape=(num_nodes, num_nodes))
    return matrix, root


def moments_to_weights(degree: int) -> Float[Tensor, "orders points"]:
    """The discrete cosine transform that turns moments into weights at the Chebyshev nodes."""
    orders = torch.arange(degree + 1, dtype=torch.float64)
    transform = 2.0 * torch.cos(orders[:, None] * _angles(degree)) / (degree + 1)
    transform[0] /= 2
    return transform


def interpolation_error(
    response: Callable[[Tensor], Tensor], degree: int = DEGREE, device: torch.device | None = None
) -> Float[Tensor, " channels"]:
    """By channel, the largest error over [0, 2] of interpolating a response, which is on a device, at Chebyshev nodes.

    Examples
    --------
    >>> float(interpolation_error(lambda eigenvalues: eigenvalues[:, None] ** 3)) < 1e-12
    True
    """
    grid = torch.linspace(0.0, 2.0, 4001, dtype=torch.float64)
    orders = torch.arange(degree + 1, dtype=torch.float64)
    basis = torch.cos(orders * torch.arccos((1.0 - grid).clamp(-1, 1))[:, None])  # T_j(1 − λ), [grid, orders]
    with torch.no_grad():
        interpolated = basis @ moments_to_weights(degree) @ response(quadrature_nodes(degree).to(device)).cpu()
        return (response(grid.to(device)).cpu() - interpolated).abs().amax(dim=0)
