"""What users want predicted, inferred from the values of their targets."""

import logging

from mspe.common.errors import MspeError
from mspe.graphs import TargetLevel, TaskType
from mspe.tasks.classification import SingleLabel
from mspe.tasks.registry import TASKS
from mspe.tasks.targets import Targets
from mspe.tasks.task import Task, TaskTargets

logger = logging.getLogger(__name__)

_FEW = 10


def infer_task(targets: Targets, asked: TaskType | None, place: str, level: TargetLevel) -> TaskTargets:
    """Decide what kind of target there is.

    One column of words, of zeros and ones, of numbers saved as integers, or of whatever is asked to be a
    classification: a class per sample. Several columns of zeros and ones: labels that may hold at once. Other numbers:
    a regression.

    Parameters
    ----------
    targets
        As they were given.
    asked
        `dataset.task`; None: decide by the values.
    place
        The file or folder, for errors.
    level
        What a sample is.

    Raises
    ------
    MspeError
        If the values do not fit the task.

    Examples
    --------
    >>> infer_task(Targets.of_cells([["low"], ["high"], ["low"]], ["rate"]), None, "rates.csv", "graph")[1].tolist()
    [[0], [1], [0]]
    >>> infer_task(Targets.of_cells([["0.5", "1"], ["", "2"]], ["a", "b"]), None, "rates.csv", "graph")[0].name
    'regression'
    >>> import torch
    >>> task, numbers, classes = infer_task(Targets.of_tensor(torch.tensor([[7], [3], [7]])), None, "graphs", "graph")
    >>> task.metric, numbers.flatten().tolist(), classes  # the rarer is the positive one
    ('roc_auc', [0, 1, 0], ('7', '3'))
    """
    candidates = [task for task in TASKS.values() if asked in (None, task.type)]
    for task in candidates:
        if task.accepts(targets, asked is not None):
            found = task.read(targets, place, level)
            _check_positive(targets, found, place)
            if asked is None:
                _say_doubt(targets, found[0], place)
            return found
    raise MspeError(f"{place}: there is a value per sample, allowed for {asked}: one graph; set dataset.task")


def _check_positive(targets: Targets, found: TaskTargets, place: str) -> None:
    """Refuse a positive class where there are not two."""
    task, _, classes = found
    if targets.positive is None or (isinstance(task, SingleLabel) and len(classes) == 2):
        return
    what = f"there are {len(classes)} classes" if isinstance(task, SingleLabel) else f"the task is {task.name}"
    raise MspeError(
        f"{place}: dataset.positive_class is {targets.positive!r}, but {what}; leave it out, or set dataset.task or "
        "dataset.target_columns"
    )


def _say_doubt(targets: Targets, task: Task, place: str) -> None:
    """Say that numbers may be classes, where they are few whole ones, each several times, and labels that exclude."""
    known = targets.numbers[~targets.numbers.isnan()]
    values, counts = known.unique(return_counts=True)
    few = len(values) <= _FEW and bool((values == values.round()).all() and (counts > 1).all())
    one_hot = targets.are_labels and not targets.single and bool((targets.numbers.sum(dim=1) == 1).all())
    if one_hot:
        message = (
            "%s: of %d labels each sample has exactly one; are they classes? Give the class's number, in one column"
        )
        logger.warning(message, place, targets.numbers.size(1))
    if task.continuous and few:
        remedy = "Set dataset.task" if targets.single else "Write those of several columns as 0 and 1"
        message = "%s: the targets are read as numbers, though they are %s alone; are they classes? " + remedy
        logger.warning(message, place, ", ".join(f"{value:g}" for value in values.tolist()))
