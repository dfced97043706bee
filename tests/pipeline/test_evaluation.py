"""What evaluation gives: metrics, and predictions as the task has them."""

import torch

from mspe.pipeline.evaluation import Evaluation
from mspe.tasks import Regression, SingleLabel


def test_the_table_is_the_tasks() -> None:
    outputs, targets = torch.tensor([[2.0, 1.0]]), torch.tensor([[1]])
    for task in (SingleLabel(), Regression()):
        if task.continuous:
            targets = torch.tensor([[1.0, 0.0]])
        assert Evaluation({}, outputs, targets, task).table() == task.table(outputs, targets)
