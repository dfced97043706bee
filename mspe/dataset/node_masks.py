"""Masks of graphs' nodes, as PyG names them: `train_mask`, `val_mask` and `test_mask`."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.node_split import NodeParts, known_targets, node_labels
from mspe.dataset.spec import Samples
from mspe.dataset.splits import Split
from mspe.tasks import SingleLabel

logger = logging.getLogger(__name__)

MASKS = ("train_mask", "val_mask", "test_mask")
"""Of train, val and test."""


def given_masks(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the masks among a graph's attributes; nothing where it has none.

    Examples
    --------
    >>> given_masks({"train_mask": [True, False], "val_mask": None, "x": [1, 2]})
    {'train_mask': [True, False]}
    """
    return {name: attributes[name] for name in MASKS if attributes.get(name) is not None}


def node_samples(graph: Data, classes: Sequence[str], fold: int, place: str, standardize: bool = True) -> Samples:
    """Return samples of one graph whose nodes are classified, each in one class, and split by its masks.

    Parameters
    ----------
    graph
        With `y` [nodes], the number of each node's class, and masks; features that are numbers are kept as they are.
    classes
        Their names.
    fold
        Which of several splits: `dataset.fold`.
    place
        Its name, for messages.
    standardize
        Whether features are to be standardised.

    Raises
    ------
    MspeError
        As `split_by_masks` does.
    """
    plain = Data(x=graph.x, edge_index=graph.edge_index, y=graph.y.reshape(-1, 1), num_nodes=graph.num_nodes)
    return Samples(
        [plain],
        split_unit="node",
        predefined_split=split_by_masks([plain], [given_masks(graph.to_dict())], fold, place),
        labels=node_labels(SingleLabel("node"), plain.y),
        classes=tuple(classes),
        standardize=standardize,
        split_from="its masks",
    )


def split_by_masks(graphs: Sequence[Data], masks: Sequence[Mapping[str, Any]], fold: int, place: str) -> Split:
    """Return the nodes of train, val and test that have a target, numbered over all graphs in their order.

    Nodes of the split that have none are counted in the log.

    Parameters
    ----------
    graphs
        With a row of `y` per node.
    masks
        Of each graph, as `given_masks` returns them: [nodes] or, of several splits, [nodes, splits], of truth values or
        of 0 and 1.
    fold
        Which of several splits: `dataset.fold`.
    place
        The file or folder, for messages.

    Raises
    ------
    MspeError
        If a graph lacks a mask that another has, one has another form, there is no such fold, or a node is in two
        parts.
    """
    names = {name for given in masks for name in given}
    for number, given in enumerate(masks):
        missing = sorted(names - set(given))
        if missing:
            raise MspeError(
                f"{place}: graph {number} has no {missing[0]}, which others have; give all graphs the same masks, or "
                "set dataset.split=random"
            )
    by_part = [_joined(graphs, masks, name, fold, place) for name in MASKS]
    known = known_targets(torch.cat([graph.y for graph in graphs]))
    parts = NodeParts.of_masks(by_part, known, place)
    unlabelled = parts.describe_unlabelled()
    if unlabelled is not None:
        logger.warning("%s: %s", place, unlabelled)
    return parts.split


def _joined(
    graphs: Sequence[Data], masks: Sequence[Mapping[str, Any]], name: str, fold: int, place: str
) -> Bool[Tensor, " nodes"]:
    """One mask over the nodes of all graphs; false everywhere where no graph has it."""
    return torch.cat(
        [
            _column(given[name], graph, fold, f"{place}: graph {number}: {name}")
            if name in given
            else torch.zeros(int(graph.num_nodes), dtype=torch.bool)
            for number, (graph, given) in enumerate(zip(graphs, masks, strict=True))
        ]
    )


def _column(mask: Any, graph: Data, fold: int, what: str) -> Bool[Tensor, " nodes"]:
    nodes = int(graph.num_nodes)
    values = torch.as_tensor(mask) if isinstance(mask, list | tuple) else mask
    form = f"shape {list(values.shape)}" if isinstance(values, Tensor) else type(mask).__name__
    if not isinstance(values, Tensor) or values.ndim not in (1, 2) or values.size(0) != nodes:
        raise MspeError(f"{what} has {form}, allowed: [{nodes}] or [{nodes}, splits], a row per node; correct it")
    if not bool(((values == 0) | (values == 1)).all()):
        raise MspeError(
            f"{what} holds numbers other than 0 and 1, allowed: a truth value per node; of node numbers, "
            "torch_geometric.utils.index_to_mask makes a mask"
        )
    columns = values.bool().reshape(nodes, -1)
    if fold >= columns.size(1):
        raise MspeError(f"dataset.fold: got {fold}, allowed: 0 to {columns.size(1) - 1}, the columns of {what}")
    return columns[:, fold]
