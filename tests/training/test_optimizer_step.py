"""From gradients of a window of batches to one step."""

import math

import pytest
import torch
from torch_geometric.data import Batch, Data

from mspe.training.device import Precision
from mspe.training.distributed import ProcessGroup
from mspe.training.optimizer_step import OptimizerStep
from mspe.training.progress import EpochProgress

BATCH = Batch.from_data_list([Data(y=torch.zeros(1), num_nodes=1)] * 2)


def make_step(grad_clip: float | None, problems: list[str]) -> tuple[OptimizerStep, torch.nn.Parameter]:
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    precision = Precision(False, torch.device("cpu"))
    note = lambda problem, batch, number: problems.append(problem)  # noqa: E731
    return OptimizerStep(model, optimizer, precision, ProcessGroup(), grad_clip, note), model.weight


@pytest.mark.parametrize(("grad_clip", "moved"), [(None, 3.0), (10.0, 3.0), (0.5, 0.5)])
def test_a_step_follows_the_clipped_sum_of_its_window(grad_clip: float | None, moved: float) -> None:
    step, weight = make_step(grad_clip, [])
    step.begin()
    for scale in (1.0, 2.0):
        step.backward(scale * weight.sum(), 1)
    assert step.step(BATCH, EpochProgress(1.0))
    assert weight.item() == pytest.approx(-moved) and step.norm == pytest.approx(3.0)
    assert weight.grad is None


def test_a_gradient_that_is_not_finite_is_reported_and_leaves_the_window_out() -> None:
    problems: list[str] = []
    step, weight = make_step(1.0, problems)
    progress = EpochProgress(1.0)
    step.begin()
    step.backward(weight.sum() * math.inf, 1)
    assert not step.step(BATCH, progress)
    assert problems and "the gradient's norm is" in problems[0]
    assert (weight.item(), progress.skipped) == (0.0, 1)


def test_a_window_of_batches_left_out_takes_no_step() -> None:
    step, weight = make_step(1.0, [])
    step.begin()
    assert not step.step(BATCH, EpochProgress(1.0)) and weight.item() == 0.0
