"""Kernels U g(Λ) Uᴴ of an operator's spectrum, and what several encodings make of them."""

import torch
from jaxtyping import Float, Inexact
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.encodings.graph_view import GraphView

_ROUNDING = 1e-10  # share of the largest eigenvalue below which another has lost its digits, of about 1e-16


def kernels(
    left: Inexact[Tensor, "graphs rows modes"],
    response: Float[Tensor, "graphs #rows modes channels"],
    right: Inexact[Tensor, "graphs columns modes"],
) -> Inexact[Tensor, "graphs rows columns channels"]:
    """Return left g(Λ) rightᴴ for every channel of a response, which may differ from row to row.

    It is a view of memory in which the channel comes before rows and columns, the order in which a bias per attention
    head is one matrix product.
    """
    scaled = left[:, None] * response.movedim(-1, 1)  # [graphs, channels, rows, modes]
    products = scaled.flatten(1, 2) @ right.mH
    return products.unflatten(1, scaled.shape[1:3]).movedim(1, -1)


def inverse_eigenvalues(
    graphs: GraphView, eigenvalues: Float[Tensor, "graphs size"], reader: str
) -> Float[Tensor, "graphs size"]:
    """Return 1/λ of a Laplacian's modes, and 0 of its zero modes and of padding: the pseudo-inverse's eigenvalues.

    A graph has one zero mode a component, and these are the first, so they are counted and not guessed from λ ≈ 0.

    Raises
    ------
    MspeError
        If another eigenvalue is so small that rounding decides what it is, as where weights differ by 10^10.
    """
    connected, size = graphs.connected, eigenvalues.size(1)
    shares = graphs.layout.mask / connected.sum(dim=-1).clamp(min=1)  # of its component that a node makes up
    components = shares.sum(dim=1).round()
    others = graphs.layout.mask & (torch.arange(size, device=eigenvalues.device) >= components[:, None])
    refuse_rounding(torch.where(others, eigenvalues, torch.inf), eigenvalues, reader)
    return torch.where(others, 1.0 / eigenvalues.clamp(min=torch.finfo(eigenvalues.dtype).tiny), 0.0)


def refuse_rounding(
    needed: Float[Tensor, "graphs size"], eigenvalues: Float[Tensor, "graphs size"], reader: str
) -> None:
    """Refuse eigenvalues that are needed, and of which rounding has left nothing beside the largest of their graph.

    Raises
    ------
    MspeError
        If there is one.
    """
    if bool((needed <= _ROUNDING * eigenvalues.abs().amax(dim=1, keepdim=True)).any()):
        raise MspeError(
            f"encoding {reader}: edges of a graph are so weak beside others that rounding hides what they connect; "
            "bring edge_weight to one scale, or leave such edges out"
        )


def squared_distances(
    vectors: Float[Tensor, "graphs size modes"], response: Float[Tensor, "graphs modes channels"]
) -> Float[Tensor, "graphs size size channels"]:
    """Return Σ_k g(λ_k) (U_ik − U_jk)² = K_ii + K_jj − 2 K_ij of each pair of rows, with K = U g(Λ) Uᵀ.

    In double precision, in which the difference is that of the vectors as they are stored; in single precision it would
    be rounding alone where two nodes are much alike.
    """
    exact = vectors.double()
    kernel = kernels(exact, response[:, None].double(), exact)
    diagonal = kernel.diagonal(dim1=1, dim2=2).mT  # [graphs, size, channels]
    squared = (diagonal[:, :, None] + diagonal[:, None] - 2.0 * kernel).clamp(min=0.0)
    squared.diagonal(dim1=1, dim2=2).zero_()
    return squared.to(vectors.dtype)


def row_statistics(graphs: GraphView, values: Float[Tensor, "graphs size size"]) -> Float[Tensor, "graphs size 3"]:
    """Return mean, maximum and standard deviation (ddof 0) of each row over its node's component, that node included.

    Values are 0 or more; of a single node they are its own value twice, and 0.
    """
    connected = graphs.connected
    count = connected.sum(dim=-1).clamp(min=1)
    inside = torch.where(connected, values, 0.0)
    mean = inside.sum(dim=-1) / count
    deviation = torch.where(connected, values - mean[..., None], 0.0).square().sum(dim=-1) / count
    return torch.stack([mean, inside.amax(dim=-1), deviation.sqrt()], dim=-1)
