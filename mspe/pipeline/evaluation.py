"""The scores of a model on a split, beside its predictions."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from mspe.tasks import Task


@dataclass(frozen=True)
class Evaluation:
    """A split's predictions and targets [samples, outputs], in the target's own units, and their metrics."""

    metrics: dict[str, float]
    prediction: Tensor
    target: Tensor
    task: Task

    def table(self) -> dict[str, list[Any]]:
        """Return columns `index`, `target` and `prediction`, and what explains them, as the task has them."""
        return self.task.table(self.prediction, self.target)
