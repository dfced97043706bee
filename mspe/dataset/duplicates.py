"""Graphs that stand in two splits."""

from torch import Tensor

from mspe.graphs import PackedGraphs

_FIELDS = ("x", "edge_attr", "edge_weight")


def count_duplicates(train: PackedGraphs, other: PackedGraphs) -> int:
    """Count the graphs of `other` that are training graphs too, by content: the same nodes, edges and features.

    Graphs whose nodes stand in another order are not found.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> graphs = PackedGraphs.from_list([Data(edge_index=torch.tensor([[0], [1]]), num_nodes=n) for n in (2, 3, 2)])
    >>> count_duplicates(graphs[[0, 1]], graphs[[2]])
    1
    """
    known = set(_contents(train))
    return sum(content in known for content in _contents(other))


def _contents(graphs: PackedGraphs) -> list[int]:
    """A number a graph, equal for equal graphs."""
    names = [name for name in _FIELDS if name in graphs.fields]
    return [hash((g.num_nodes, _bytes(g.edge_index), *(_bytes(g[name]) for name in names))) for g in graphs]


def _bytes(values: Tensor) -> bytes:
    return values.contiguous().numpy().tobytes()
