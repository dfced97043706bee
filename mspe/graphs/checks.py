"""Refuses graphs that no encoding is defined on, naming the graph, the field and the remedy."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.graphs.packed import PackedGraphs


def check_structure(graphs: PackedGraphs) -> None:
    """Check node counts, edge indices and, where present, edge weights.

    Raises
    ------
    MspeError
        For a graph without nodes, an edge to a node that does not exist, or a weight that is negative, NaN or
        infinite: one line that names the first such graph.
    """
    if len(graphs) == 0:
        raise MspeError("no graphs given; at least one is needed")
    empty = torch.nonzero(graphs.num_nodes < 1).flatten()
    if empty.numel():
        raise MspeError(f"graph {int(empty[0])}: has no nodes; remove it from the dataset")
    graph_of_edge = torch.repeat_interleave(torch.arange(len(graphs), device=graphs.num_edges.device), graphs.num_edges)
    _check_edge_index(graphs, graph_of_edge)
    if "edge_weight" in graphs.fields:
        _check_weights(graphs.fields["edge_weight"], graph_of_edge)


def _check_edge_index(graphs: PackedGraphs, graph_of_edge: Int[Tensor, " edges"]) -> None:
    limit = graphs.num_nodes[graph_of_edge]
    wrong = ((graphs.edge_index < 0) | (graphs.edge_index >= limit)).any(dim=0)
    if wrong.any():
        edge, graph = _first(wrong, graph_of_edge)
        raise MspeError(
            f"graph {graph}: edge_index holds {graphs.edge_index[:, edge].tolist()}, allowed: 0 to "
            f"{int(limit[edge]) - 1}; correct the edge or the node count"
        )


def _check_weights(weights: Tensor, graph_of_edge: Int[Tensor, " edges"]) -> None:
    if weights.ndim != 1 or not weights.is_floating_point():
        raise MspeError(
            f"edge_weight: got shape {list(weights.shape)} and {weights.dtype}, allowed: one real number an edge"
        )
    wrong = ~(torch.isfinite(weights) & (weights >= 0))
    if wrong.any():
        edge, graph = _first(wrong, graph_of_edge)
        raise MspeError(
            f"graph {graph}: edge_weight is {weights[edge].item()}, allowed: finite and not negative; "
            "correct or drop the edge"
        )


def _first(wrong: Bool[Tensor, " edges"], graph_of_edge: Int[Tensor, " edges"]) -> tuple[int, int]:
    edge = int(torch.nonzero(wrong)[0])
    return edge, int(graph_of_edge[edge])
