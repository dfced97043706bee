"""Which nodes of graphs train, validate and test: masks, as PyG names them, or lists of node numbers.

`train_mask`, `val_mask` and `test_mask` are read, and `train_idx`, `valid_idx` and `test_idx` as OGB has them, with the
usual other words for a part and for a list (`valid_mask`, `test_index`).
"""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import index_to_mask

from mspe.common.errors import MspeError
from mspe.dataset.node_split import NodeParts, known_targets, node_labels
from mspe.dataset.own.split_names import find_part
from mspe.dataset.spec import Samples
from mspe.dataset.splits import Split
from mspe.graphs import SPLITS
from mspe.tasks import SingleLabel

logger = logging.getLogger(__name__)

MASKS = ("train_mask", "val_mask", "test_mask")
"""Of train, val and test."""


def masked_part(attribute: str) -> str | None:
    """Return the part of a split whose nodes an attribute of that name says; None where it is called otherwise.

    Examples
    --------
    >>> [masked_part(name) for name in ("train_mask", "valid_mask", "test_idx", "mask", "train_pos_edge_index")]
    ['train', 'val', 'test', None, None]
    """
    named = re.fullmatch(r"([A-Za-z]+)_(?:mask|idx|index|indices)", attribute)
    return find_part(named[1]) if named else None


def given_masks(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the masks and lists of node numbers among a graph's attributes; nothing where it has none.

    Examples
    --------
    >>> given_masks({"train_mask": [True, False], "val_mask": None, "x": [1, 2]})
    {'train_mask': [True, False]}
    """
    return {name: value for name, value in attributes.items() if value is not None and masked_part(name)}


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
        Of each graph, as `given_masks` returns them: masks [nodes] or, of several splits, [nodes, splits], of truth
        values or of 0 and 1; or the numbers of a part's nodes, of one split.
    fold
        Which of several splits: `dataset.fold`.
    place
        The file or folder, for messages.

    Raises
    ------
    MspeError
        If a graph lacks a mask that another has, one has another form, two say the same part, there is no such fold,
        or a node is in two parts.
    """
    names = {name for given in masks for name in given}
    by_part = {part: sorted(name for name in names if masked_part(name) == part) for part in SPLITS}
    twice = next((of_part for of_part in by_part.values() if len(of_part) > 1), None)
    if twice is not None:
        raise MspeError(f"{place}: {twice[0]} and {twice[1]} say the same part of the split; keep one of them")
    for number, given in enumerate(masks):
        missing = sorted(names - set(given))
        if missing:
            raise MspeError(
                f"{place}: graph {number} has no {missing[0]}, which others have; give all graphs the same masks, or "
                "set dataset.split=random"
            )
    joined = [_joined(graphs, masks, next(iter(by_part[part]), None), fold, place) for part in SPLITS]
    known = known_targets(torch.cat([graph.y for graph in graphs]))
    parts = NodeParts.of_masks(joined, known, place)
    unlabelled = parts.describe_unlabelled()
    if unlabelled is not None:
        logger.warning("%s: %s", place, unlabelled)
    return parts.split


def _joined(
    graphs: Sequence[Data], masks: Sequence[Mapping[str, Any]], name: str | None, fold: int, place: str
) -> Bool[Tensor, " nodes"]:
    """One mask over the nodes of all graphs; false everywhere where no graph has it."""
    sizes = [int(graph.num_nodes) for graph in graphs]
    if name is None:
        return torch.zeros(sum(sizes), dtype=torch.bool)
    read = _column if name.endswith("_mask") else _of_numbers
    whats = [f"{place}: graph {number}: {name}" for number in range(len(graphs))]
    return torch.cat(
        [read(given[name], size, fold, what) for given, size, what in zip(masks, sizes, whats, strict=True)]
    )


def _column(mask: Any, nodes: int, fold: int, what: str) -> Bool[Tensor, " nodes"]:
    values = _as_tensor(mask)
    if values is None or values.ndim not in (1, 2) or values.size(0) != nodes:
        raise MspeError(
            f"{what} has {_form(mask)}, allowed: [{nodes}] or [{nodes}, splits], a row per node; correct it"
        )
    if not bool(((values == 0) | (values == 1)).all()):
        raise MspeError(
            f"{what} holds numbers other than 0 and 1, allowed: a truth value per node; call node numbers "
            f"{what.rsplit(' ', 1)[1].removesuffix('_mask')}_idx"
        )
    columns = values.bool().reshape(nodes, -1)
    if fold >= columns.size(1):
        raise MspeError(f"dataset.fold: got {fold}, allowed: 0 to {columns.size(1) - 1}, the columns of {what}")
    return columns[:, fold]


def _of_numbers(numbers: Any, nodes: int, fold: int, what: str) -> Bool[Tensor, " nodes"]:
    """The mask of the nodes whose numbers are listed."""
    values = _as_tensor(numbers)
    if values is None or values.ndim != 1 or values.is_floating_point() or values.dtype == torch.bool:
        raise MspeError(f"{what} has {_form(numbers)}, allowed: a list of node numbers, 0 to {nodes - 1}; correct it")
    outside = values[(values < 0) | (values >= nodes)]
    if len(outside):
        raise MspeError(f"{what} holds {int(outside[0])}, allowed: node numbers, 0 to {nodes - 1}; correct it")
    if len(values.unique()) < len(values):
        raise MspeError(f"{what} names a node twice; list each node once")
    if fold:
        raise MspeError(f"dataset.fold: got {fold}, allowed: 0, since {what} is of one split")
    return index_to_mask(values.long(), nodes)


def _as_tensor(values: Any) -> Tensor | None:
    """A tensor, numpy array or list of numbers as a tensor; None for anything else."""
    if isinstance(values, Tensor):
        return values
    if not isinstance(values, list | tuple | np.ndarray):
        return None
    try:
        return torch.as_tensor(values)
    except (TypeError, ValueError, RuntimeError):
        return None


def _form(values: Any) -> str:
    tensor = _as_tensor(values)
    if tensor is None:
        return type(values).__name__
    return f"shape {list(tensor.shape)} of {str(tensor.dtype).removeprefix('torch.')}"
