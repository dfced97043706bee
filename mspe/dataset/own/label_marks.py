"""Labels −1 and −100 that stand for none."""

import logging
from collections.abc import Collection, Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.graphs import TaskType
from mspe.tasks import find_marks, get_task

logger = logging.getLogger(__name__)


def hide_marks(graphs: Collection[Data], task: TaskType | None, place: str) -> None:
    """Make those labels of graphs NaN that stand for none, and say so; where the task has numbers there are none.

    Parameters
    ----------
    graphs
        With their targets `y`, or without.
    task
        `dataset.task`.
    place
        The folder or file, for the log.
    """
    labels = [graph.y for graph in graphs if graph.y is not None]
    values = torch.cat([y.flatten() for y in labels])
    whole = not values.is_floating_point() and all(y[:1].numel() == 1 for y in labels)
    numbers = task is not None and get_task(task).continuous
    marks = () if numbers else find_marks(values, of_two=task is None and not whole)
    say_marks(marks, f"{place}: y")
    if marks:
        for graph in graphs:
            graph.y = None if graph.y is None else _without(graph.y.double(), marks)


def _without(labels: Tensor, marks: Sequence[float]) -> Tensor:
    return labels.masked_fill(torch.isin(labels, torch.tensor(marks, dtype=labels.dtype)), torch.nan)


def say_marks(marks: Sequence[float], what: str) -> None:
    """Log which labels of a column are read as none."""
    if marks:
        named = " or ".join(f"{mark:g}" for mark in marks)
        logger.warning("%s: %s stands for no label, since all others count from 0", what, named)
