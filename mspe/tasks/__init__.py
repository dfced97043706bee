"""What is predicted: a task knows its outputs, loss, metrics, probabilities, errors, columns and baselines."""

from mspe.tasks.classification import MultiLabel, SingleLabel
from mspe.tasks.edge_prediction import EdgePrediction
from mspe.tasks.inference import infer_task
from mspe.tasks.labels import find_marks
from mspe.tasks.losses import LossFunction
from mspe.tasks.metrics import Metrics
from mspe.tasks.registry import (
    TASKS,
    find_task,
    get_task,
    is_minimized,
    metric_directions,
    register_task,
    task_of,
    task_trained_with,
)
from mspe.tasks.regression import Regression
from mspe.tasks.targets import Targets
from mspe.tasks.task import Task

__all__ = [
    "TASKS",
    "EdgePrediction",
    "LossFunction",
    "Metrics",
    "MultiLabel",
    "Regression",
    "SingleLabel",
    "Targets",
    "Task",
    "find_marks",
    "find_task",
    "get_task",
    "infer_task",
    "is_minimized",
    "metric_directions",
    "register_task",
    "task_of",
    "task_trained_with",
]
