"""What makes a graph usable, whatever is to be predicted: the one place that says so."""

from dataclasses import dataclass

from torch import Tensor
from torch_geometric.data import Data

MAX_NODES = 2**31 - 1  # packed graphs number nodes with 32 bits


@dataclass(frozen=True)
class Problem:
    """Reason why a graph cannot be used.

    Attributes
    ----------
    reason
        In few words, by which such graphs are counted.
    detail
        What was found.
    """

    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


def find_problem(graph: Data) -> Problem | None:
    """Return the first reason why a graph cannot be used; None where it can.

    It needs `edge_index` [2, edges] of whole numbers that count its nodes, of which there is at least one; a row of `x`
    per node; a row of `edge_attr` and a number of `edge_weight`, not negative, per edge; all of them finite.

    Examples
    --------
    >>> import torch
    >>> print(find_problem(Data(edge_index=torch.tensor([[0], [7]]), num_nodes=3)))
    node index out of range: 0 to 7 among 3 nodes
    """
    return find_index_problem(graph) or _find_range_problem(graph) or _find_field_problem(graph)


def find_index_problem(graph: Data) -> Problem | None:
    """Return what is wrong with the form of a graph's edges."""
    index = graph.get("edge_index")
    if isinstance(index, Tensor) and index.ndim == 2 and index.size(0) == 2 and not index.is_floating_point():
        return None
    form = f"{index.dtype} of shape {list(index.shape)}" if isinstance(index, Tensor) else type(index).__name__
    return Problem("no edge index", f"edge_index is {form}, allowed: whole numbers of shape [2, edges]")


def _find_range_problem(graph: Data) -> Problem | None:
    index, count = graph.edge_index, int(graph.num_nodes or 0)
    if count < 1:
        return Problem("no nodes", f"{count} nodes")
    if count > MAX_NODES:
        return Problem("node count out of range", str(count))
    if index.numel() and not 0 <= int(index.min()) <= int(index.max()) < count:
        return Problem("node index out of range", f"{int(index.min())} to {int(index.max())} among {count} nodes")
    return None


def _find_field_problem(graph: Data) -> Problem | None:
    nodes, edges = int(graph.num_nodes or 0), graph.edge_index.size(1)
    for name, rows, dimensions in (("x", nodes, (1, 2)), ("edge_attr", edges, (1, 2)), ("edge_weight", edges, (1,))):
        values = graph.get(name)
        if values is None:
            continue
        if values.ndim not in dimensions or values.size(0) != rows:
            return Problem("wrong number of rows", f"{name} of shape {list(values.shape)} for {rows} rows")
        if values.is_floating_point() and not bool(values.isfinite().all()):
            return Problem("feature not finite", f"{name} holds NaN or infinity")
    weight = graph.get("edge_weight")
    if weight is not None and bool((weight < 0).any()):
        return Problem("negative weight", f"{float(weight.min()):g}")
    return None
