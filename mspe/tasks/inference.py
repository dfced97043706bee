"""What users want predicted, inferred from the values of their targets."""

from mspe.common.errors import MspeError
from mspe.graphs import TargetLevel, TaskType
from mspe.tasks.registry import TASKS
from mspe.tasks.targets import Targets
from mspe.tasks.task import TaskTargets


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
    [[1], [0], [1]]
    >>> infer_task(Targets.of_cells([["0.5", "1"], ["", "2"]], ["a", "b"]), None, "rates.csv", "graph")[0].name
    'regression'
    >>> import torch
    >>> task, numbers, classes = infer_task(Targets.of_tensor(torch.tensor([[7], [3], [7]])), None, "graphs", "graph")
    >>> task.metric, numbers.flatten().tolist(), classes
    ('roc_auc', [1, 0, 1], ('3', '7'))
    """
    candidates = [task for task in TASKS.values() if asked in (None, task.type)]
    for task in candidates:
        if task.accepts(targets, asked is not None):
            return task.read(targets, place, level)
    raise MspeError(f"{place}: there is a value per sample, allowed for {asked}: one graph; set dataset.task")
