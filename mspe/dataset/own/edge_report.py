"""What graphs' edges hold that encodings and models read in another way than one may expect."""

import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch_geometric.data import Data

logger = logging.getLogger(__name__)


def report_edges(graphs: Sequence[Data], folder: Path, edges_are_samples: bool) -> None:
    """Say how many graphs are directed, have duplicate edges or self-loops, and what becomes of these.

    Parameters
    ----------
    graphs
        Those that are used.
    folder
        Where they come from.
    edges_are_samples
        Whether edges are to be predicted, for which they are taken as undirected, once, without self-loops.
    """
    found = count_kinds(graphs)
    fate = {
        "are directed": "encodings take their edges in both directions, message passing in the given one",
        "have other weights there than back": "encodings take the larger one of both directions",
        "have duplicate edges": "encodings count them once (weights add), message passing each time",
        "have self-loops": "encodings and message passing keep them",
    }
    if edges_are_samples:
        fate = dict.fromkeys(fate, "edges are taken once, in both directions, without self-loops")
    for kind, count in found.items():
        if count:
            logger.warning("%s: %d of %d graphs %s: %s", folder, count, len(graphs), kind, fate[kind])


def count_kinds(graphs: Sequence[Data]) -> dict[str, int]:
    """Count the graphs that have edges of each kind.

    Examples
    --------
    >>> loop = Data(edge_index=torch.tensor([[0, 0, 0], [0, 1, 1]]), num_nodes=2)
    >>> list(count_kinds([loop]).values())
    [1, 0, 1, 1]
    """
    sizes = torch.tensor([graph.num_nodes for graph in graphs])
    counts = torch.tensor([graph.num_edges for graph in graphs])
    number = torch.repeat_interleave(counts)
    source, target = torch.cat([g.edge_index for g in graphs], dim=1) + (sizes.cumsum(0) - sizes)[number]
    total = int(sizes.sum())
    there, back = source * total + target, target * total + source
    _, place, copies = torch.unique(there, return_inverse=True, return_counts=True)
    one_way = ~torch.isin(there, back)
    return {
        "are directed": _graphs(number, one_way),
        "have other weights there than back": _graphs(number, ~one_way & _other_weight(graphs, there, back)),
        "have duplicate edges": _graphs(number, copies[place] > 1),
        "have self-loops": _graphs(number, source == target),
    }


def _graphs(number: Tensor, edges: Tensor) -> int:
    return number[edges].unique().numel()


def _other_weight(graphs: Sequence[Data], there: Tensor, back: Tensor) -> Tensor:
    """Whether the weight of an edge is another than that of its reverse, the weights of copies added."""
    if not graphs or graphs[0].get("edge_weight") is None:
        return torch.zeros_like(there, dtype=torch.bool)
    weights = torch.cat([graph.edge_weight for graph in graphs]).double()
    codes, place = torch.unique(there, return_inverse=True)
    sums = torch.zeros(codes.numel(), dtype=torch.float64).index_add(0, place, weights)
    reverse = torch.searchsorted(codes, back).clamp(max=codes.numel() - 1)
    return ~torch.isclose(sums[place], sums[reverse], rtol=1e-9, atol=0.0)
