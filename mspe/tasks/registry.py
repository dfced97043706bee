"""Tasks by name: the library's, and those that users and installed packages register."""

from inspect import unwrap

from torch import nn
from torch.nn import functional

from mspe.common.errors import MspeError
from mspe.common.registry import Registry, choose
from mspe.graphs import GraphSchema, TargetLevel
from mspe.tasks.classification import MultiLabel, SingleLabel
from mspe.tasks.edge_prediction import EdgePrediction
from mspe.tasks.losses import LossFunction, bce_logits
from mspe.tasks.regression import Regression
from mspe.tasks.task import Task

TASKS: Registry[type[Task]] = Registry("task", (Regression, SingleLabel, MultiLabel, EdgePrediction))
register_task = TASKS.register


def get_task(task_type: str) -> Task:
    """Return the first task of a type, with its defaults.

    Parameters
    ----------
    task_type
        As the specification names it: `regression`, `classification`, `edge_prediction`, or a registered one's.

    Raises
    ------
    MspeError
        If the type is unknown.

    Examples
    --------
    >>> get_task("classification").name
    'single_label'
    """
    types: dict[str, type[Task]] = {}
    for task in TASKS.values():
        types.setdefault(task.type, task)
    return choose("task type", task_type, types)()


def task_trained_with(task_type: str, loss: LossFunction) -> Task:
    """Return the task of a type that a loss function tells apart, torch's own of logits included; else the first one.

    Raises
    ------
    MspeError
        If the type is unknown.

    Examples
    --------
    >>> from mspe.tasks.losses import bce_logits
    >>> task_trained_with("classification", bce_logits).name
    'multi_label'
    """
    if isinstance(loss, nn.BCEWithLogitsLoss) or loss is functional.binary_cross_entropy_with_logits:
        loss = bce_logits
    for task in TASKS.values():
        own = (unwrap(function) for name, function in task.losses.items() if task.describes(name))
        if task.type == task_type and unwrap(loss) in own:
            return task()
    return get_task(task_type)


def task_of(schema: GraphSchema) -> Task:
    """Return the task that a dataset's schema describes.

    Raises
    ------
    MspeError
        If there is none of its type and loss.
    """
    return find_task(schema.task_type, schema.loss, schema.metric, schema.target_level)


def find_task(task_type: str, loss: str, metric: str, level: TargetLevel) -> Task:
    """Return the task of a type that a dataset's own loss tells apart.

    Raises
    ------
    MspeError
        If there is none.
    """
    for task in TASKS.values():
        if task.type == task_type and task.describes(loss):
            return task(level=level, loss=loss, metric=metric)
    known = ", ".join(get_task(task_type).losses)
    raise MspeError(f"no task of type {task_type} is trained with {loss!r}, allowed: {known}")


def metric_directions() -> dict[str, bool]:
    """Return every known metric, `loss` first, and whether less is better."""
    return {"loss": True, **{name: less for task in TASKS.values() for name, less in task.metrics.items()}}


def is_minimized(name: str, given: bool | None = None) -> bool:
    """Return whether less is better in a metric: inferred where `given` is None.

    Raises
    ------
    MspeError
        If the metric is unknown and nothing is given, or the given direction is wrong for a known metric.
    """
    known = metric_directions().get(name)
    if known is None and given is None:
        raise MspeError(f"metric_for_best: {name!r} has no known direction; give minimize_metric")
    if known is not None and given is not None and known != given:
        better = "lower" if known else "higher"
        raise MspeError(f"minimize_metric: got {given}, but {better} is better in {name!r}; leave it out")
    return bool(given if known is None else known)
