"""The symmetric normalised Laplacian of graphs of one size, and the conventions that every encoding inherits."""

import warnings

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from mspe.graphs import PackedGraphs


def dense_adjacency(
    graphs: PackedGraphs, size: int, group: Int[Tensor, " group"]
) -> Float[Tensor, "group {size} {size}"]:
    """Build the weighted adjacency matrices of graphs that all have `size` nodes, in float64.

    Repeated edges are merged: weights add, and without weights they count once. A self-loop is kept and counts once
    in its node's degree. A directed graph is symmetrised by the larger weight, with one warning. PyG's own transforms
    differ in all three.
    """
    rows = graphs.rows("edge", group)
    row, column = graphs.edge_index[:, rows].long()
    graph = torch.repeat_interleave(torch.arange(group.numel(), device=row.device), graphs.num_edges[group])
    adjacency = torch.zeros(group.numel(), size, size, dtype=torch.float64, device=row.device)
    if "edge_weight" in graphs.fields:
        weight = graphs.fields["edge_weight"][rows].double()
        adjacency.index_put_((graph, row, column), weight, accumulate=True)
    else:
        adjacency[graph, row, column] = 1.0
    transposed = adjacency.transpose(1, 2)
    if not torch.allclose(adjacency, transposed, rtol=1e-9, atol=0.0):
        warnings.warn("directed edges were symmetrised by the larger weight of the two directions", stacklevel=2)
    return torch.maximum(adjacency, transposed)


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
    diagonal = torch.diag_embed((~isolated).double())
    return diagonal - adjacency / (root[:, :, None] * root[:, None, :]), root
