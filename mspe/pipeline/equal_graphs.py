"""Graphs of different targets that are one to a model: only the statistics of a batch could tell them apart."""

import logging
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from mspe.graphs import GraphList, PackedGraphs
from mspe.models import find_max_pairs, get_model

logger = logging.getLogger(__name__)

_MOST_COMPARED = 256
_BATCH = 16
_SAME = 1e-5  # of the largest output: encodings are stored in single precision


def warn_of_equal_graphs(graphs: GraphList, arguments: Mapping[str, Any], device: torch.device) -> int:
    """Log a warning where graphs of different targets are equal to a model, features and encodings included.

    Up to 256 graphs are compared. The random state of torch is left as it was.

    Parameters
    ----------
    graphs
        Of the training split, one target each, with their encodings.
    arguments
        Of `get_model`.
    device
        Where to compare them.

    Returns
    -------
    int
        How many of the graphs compared are equal to one of another target.
    """
    if arguments["target_level"] != "graph" or "y" not in graphs.levels:
        return 0
    chosen = torch.randperm(len(graphs), generator=torch.Generator().manual_seed(0))[:_MOST_COMPARED]
    sample = graphs[chosen]
    outputs = _untrained_outputs(sample, arguments, device)
    same = torch.cdist(outputs, outputs, p=torch.inf) <= _SAME * outputs.abs().max()
    count = int((same & _different(sample.fields["y"])).any(dim=1).sum())
    if count:
        remedy = "take encodings that tell them apart"
        if arguments["norm"] == "batch":
            remedy = f"set model.norm=layer, since batch statistics may tell them apart by chance, and {remedy}"
        logger.warning(
            "%d of %d training graphs compared are equal, to this model, to a graph of another target: %s",
            *(count, len(sample), remedy),
        )
    return count


@torch.no_grad()
def _untrained_outputs(
    graphs: PackedGraphs, arguments: Mapping[str, Any], device: torch.device
) -> Float[Tensor, "graphs outputs"]:
    """Sixteen outputs per graph of the same model with random weights, without batch statistics, in double precision.

    Graphs that it does not tell apart are equal to the model but for choices of weights that have measure zero.
    """
    plain = {"norm": "layer", "num_classes": 16, "target_mean": (), "target_std": ()}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = get_model(**{**arguments, **plain}).double().eval().to(device)
    limit = find_max_pairs(model, device)  # of graphs · n² in single precision
    fitting = _BATCH if limit is None else limit // (2 * int(graphs.num_nodes.max()) ** 2)
    batches = torch.arange(len(graphs)).split(max(1, min(_BATCH, fitting)))
    return torch.cat([model(graphs.collate(batch.tolist()).to(device)).cpu() for batch in batches])


def _different(targets: Tensor) -> Bool[Tensor, "graphs graphs"]:
    """Pairs of graphs that differ in a target that both have."""
    rows = targets.double().view(targets.size(0), -1)
    known = ~rows.isnan()
    apart = ~torch.isclose(rows[:, None], rows[None], rtol=1e-6)
    return (apart & known[:, None] & known[None]).any(dim=-1)
