"""Walk diagonals without a spectrum: the quickest way where nothing but RWSE is wanted."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mspe.common.parallel import for_each
from mspe.encodings.catalogue import Walk
from mspe.encodings.spectrum.laplacian import dense_adjacency, normalized_laplacian
from mspe.graphs import PackedGraphs
from mspe.graphs.checks import check_graphs

_GROUP_ELEMENTS = 2**18  # entries of the n² grids that are multiplied together: they stay in cache


def walk_diagonals(graphs: PackedGraphs, steps: Sequence[int]) -> Float[Tensor, "nodes steps"]:
    """diag P^k of packed graphs, in single precision: the same as `EncodingSet([Walk(steps)])` on nodes.

    With S = D^-½AD^-½, diag P^(a+b) = diag S^(a+b) is the row sum of S^a ∘ S^b, so powers up to half the longest walk
    are enough.

    Raises
    ------
    MspeError
        If a graph or a step is not usable.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> edge = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=2)
    >>> walk_diagonals(PackedGraphs.from_list([edge]), [0, 1, 2]).tolist()
    [[1.0, 0.0, 1.0], [1.0, 0.0, 1.0]]
    """
    wanted = Walk(list(steps)).values
    check_graphs(graphs)
    result = torch.empty(int(graphs.num_nodes.sum()), len(wanted), device=graphs.edge_index.device)

    def encode(size: int, group: Int[Tensor, " group"]) -> None:
        laplacian, _ = normalized_laplacian(dense_adjacency(graphs, size, group, torch.float32))
        walk = -laplacian
        walk.diagonal(dim1=1, dim2=2).add_(1.0)  # S = I − L
        diagonals = _power_diagonals(walk, int(max(wanted)))
        graphs.scatter_rows(result, "node", group, torch.stack([diagonals[int(k)] for k in wanted], dim=-1))

    for_each(encode, graphs.groups_by_size(_GROUP_ELEMENTS), threaded=result.device.type == "cpu")
    return result


def _power_diagonals(matrix: Float[Tensor, "group size size"], longest: int) -> list[Float[Tensor, "group size"]]:
    """diag S^k for k = 0 … longest (at least 1), S symmetric."""
    diagonals = [torch.ones_like(matrix[..., 0]), matrix.diagonal(dim1=1, dim2=2)]
    power = matrix
    while len(diagonals) <= longest:
        diagonals.append((power * power).sum(dim=-1))
        if len(diagonals) <= longest:
            following = power @ matrix
            diagonals.append((power * following).sum(dim=-1))
            power = following
    return diagonals
