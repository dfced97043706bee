"""The rules for one graph, over packed graphs: those that may break one are found at once, and the rule says which."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.graphs.packed import PackedGraphs
from mspe.graphs.validation import find_problem


def check_graphs(graphs: PackedGraphs) -> None:
    """See that every graph is usable.

    Raises
    ------
    MspeError
        If there are none, or for the first graph that breaks a rule of `find_problem`: one line that names it.
    """
    if len(graphs) == 0:
        raise MspeError("no graphs given; at least one is needed")
    start = 0
    for piece in graphs.pieces():
        for number in _suspects(piece).tolist():
            problem = find_problem(piece[number])
            if problem is not None:
                raise MspeError(f"graph {start + number}: {problem}; correct the graph, or leave it out")
        start += len(piece)


def _suspects(graphs: PackedGraphs) -> Int[Tensor, " suspects"]:
    """The graphs without nodes, with an edge to nowhere, or with a value that is not finite or a negative weight."""
    counts = {"node": graphs.num_nodes, "edge": graphs.num_edges}
    limit = torch.repeat_interleave(graphs.num_nodes, graphs.num_edges)
    outside = ((graphs.edge_index < 0) | (graphs.edge_index >= limit)).any(dim=0)
    suspect = (graphs.num_nodes < 1) | _any_row(outside, graphs.num_edges)
    for name in ("x", "edge_attr", "edge_weight"):
        values = graphs.fields.get(name)
        if values is None:
            continue
        wrong = ~values.isfinite().flatten(1).all(dim=1) if values.ndim > 1 else ~values.isfinite()
        if name == "edge_weight":
            wrong |= values < 0
        suspect |= _any_row(wrong, counts[graphs.levels[name]])
    return torch.nonzero(suspect).flatten()


def _any_row(wrong: Bool[Tensor, " rows"], counts: Int[Tensor, " graphs"]) -> Bool[Tensor, " graphs"]:
    """Whether a graph has such a row."""
    graph = torch.repeat_interleave(torch.arange(counts.numel(), device=counts.device), counts)
    return torch.zeros_like(counts).index_add(0, graph, wrong.to(counts.dtype)) > 0
