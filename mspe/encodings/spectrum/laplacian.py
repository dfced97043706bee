"""Adjacency and Laplacian matrices of graphs of one size, and the conventions that every encoding inherits."""

import math
import warnings

import torch
from jaxtyping import Bool, Complex, Float, Int
from torch import Tensor
from torch_geometric.utils import coalesce

from mspe.graphs import PackedGraphs

_DIRECTED = "directed edges were symmetrised by the larger weight of the two directions"


def dense_adjacency(
    graphs: PackedGraphs, size: int, group: Int[Tensor, " group"], dtype: torch.dtype = torch.float64
) -> Float[Tensor, "group {size} {size}"]:
    """Build the weighted adjacency matrices of graphs that all have `size` nodes, symmetric.

    As `directed_adjacency`, and a directed graph is symmetrised by the larger weight, with one warning.
    """
    adjacency = directed_adjacency(graphs, size, group, dtype)
    transposed = adjacency.transpose(1, 2)
    if not _same(adjacency, transposed):
        warnings.warn(_DIRECTED, stacklevel=2)
        adjacency = torch.maximum(adjacency, transposed)
    return adjacency


def directed_adjacency(
    graphs: PackedGraphs, size: int, group: Int[Tensor, " group"], dtype: torch.dtype = torch.float64
) -> Float[Tensor, "group {size} {size}"]:
    """Build the weighted adjacency matrices of graphs that all have `size` nodes, row the source of an edge.

    Repeated edges are merged: weights add, and without weights they count once. A self-loop is kept and counts once
    in its node's degree. PyG's own transforms differ in both.
    """
    rows = graphs.rows("edge", group)
    row, column = graphs.edge_index[:, rows].long()
    graph = torch.repeat_interleave(torch.arange(group.numel(), device=row.device), graphs.num_edges[group])
    place = (graph * size + row) * size + column
    adjacency = torch.zeros(group.numel() * size * size, dtype=dtype, device=row.device)
    if "edge_weight" in graphs.fields:
        adjacency.index_add_(0, place, graphs.fields["edge_weight"][rows].to(dtype))
    else:
        adjacency[place] = 1.0
    return adjacency.view(group.numel(), size, size)


def merged_edges(
    edge_index: Int[Tensor, "2 edges"], edge_weight: Float[Tensor, " edges"] | None, num_nodes: int
) -> tuple[Int[Tensor, "2 merged"], Float[Tensor, " merged"]]:
    """The same conventions for one large graph: each edge once, in both directions, sorted, with float64 weights."""
    index = edge_index.long()
    if edge_weight is None:
        weight = torch.ones(index.size(1), dtype=torch.float64, device=index.device)
        index, weight = coalesce(index, weight, num_nodes, reduce="max")
    else:
        index, weight = coalesce(index, edge_weight.double(), num_nodes, reduce="add")
    reversed_index, reversed_weight = coalesce(index.flip(0), weight, num_nodes)
    if not (torch.equal(index, reversed_index) and _same(weight, reversed_weight)):
        warnings.warn(_DIRECTED, stacklevel=2)
        both = torch.cat([index, reversed_index], dim=1)
        index, weight = coalesce(both, torch.cat([weight, reversed_weight]), num_nodes, reduce="max")
    kept = weight > 0
    return index[:, kept], weight[kept]


def _same(weights: Tensor, reversed_weights: Tensor) -> bool:
    """Equal but for the order in which repeated edges were added."""
    return torch.equal(weights, reversed_weights) or torch.allclose(weights, reversed_weights, rtol=1e-9, atol=0.0)


def normalized_laplacian(
    adjacency: Float[Tensor, "group size size"],
) -> tuple[Float[Tensor, "group size size"], Float[Tensor, "group size"]]:
    """L = I − D^-½ A D^-½ and D^½, with λ in [0, 2].

    An isolated node is a component of its own: its row of L is zero, so λ = 0, and its D^½ is 1, so that the
    conjugation D^-½ · D^½ needs no special case.
    """
    degree = adjacency.sum(dim=-1)  # [group, size]
    isolated: Bool[Tensor, "group size"] = degree == 0
    root = torch.where(isolated, 1.0, degree.sqrt())
    inverse = 1.0 / root
    laplacian = -adjacency * inverse[:, :, None] * inverse[:, None, :]
    laplacian.diagonal(dim1=1, dim2=2).add_((~isolated).to(laplacian.dtype))
    return laplacian, root


def combinatorial_laplacian(adjacency: Float[Tensor, "group size size"]) -> Float[Tensor, "group size size"]:
    """L = D − A, in which a self-loop, once in D and once in A, cancels; the row of an isolated node is zero."""
    return torch.diag_embed(adjacency.sum(dim=-1)) - adjacency


def magnetic_laplacian(
    adjacency: Float[Tensor, "group size size"], potential: float
) -> Complex[Tensor, "group size size"]:
    """L^(q) = I − (D_s^-½ A_s D_s^-½) ⊙ exp(iΘ), Hermitian, with Θ = 2πq (A − Aᵀ) and λ in [0, 2].

    The convention of Geisler et al. (arXiv 2302.00049): A_s has an edge where A has one either way, by the larger
    weight of the two as everywhere here, where MagNet (arXiv 2102.11391) takes (A + Aᵀ)/2. So at q = 0, and of a
    symmetric A at any q, it is the normalised Laplacian.

    Parameters
    ----------
    adjacency
        A, directed: row the source of an edge.
    potential
        q: an edge of weight 1 that has no way back turns the phase by 2πq.
    """
    transposed = adjacency.transpose(1, 2)
    symmetric, _ = normalized_laplacian(torch.maximum(adjacency, transposed))
    return symmetric * torch.exp(2j * math.pi * potential * (adjacency - transposed))
