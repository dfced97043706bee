"""Schedules: their rates, by epoch and by step."""

from pathlib import Path

import numpy as np
import pytest
from torch import nn

from mspe.common.errors import MspeError
from mspe.training import (
    Trainer,
    get_optimizer,
    get_scheduler,
)
from tests.training.fixtures import Mean


def rates(scheduler_type: str, epochs: int, **options: float) -> list[float]:
    optimizer = get_optimizer(nn.Linear(1, 1), lr=1.0)
    scheduler = get_scheduler(optimizer, scheduler_type, total_epochs=epochs, **options)  # type: ignore[arg-type]
    seen = []
    for _ in range(epochs):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return seen


def test_the_cosine_warms_up_peaks_and_ends_low() -> None:
    seen = rates("cosine_warmup", 20, warmup_epochs=4, min_lr=0.01)
    assert seen[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    angle = np.pi * np.arange(16) / 16
    assert seen[4:] == pytest.approx(0.01 + 0.99 * (1 + np.cos(angle)) / 2)


def test_a_schedule_by_steps_is_the_finer_one_by_epochs() -> None:
    fine = rates("cosine_warmup", 40, warmup_epochs=8, min_lr=0.01)
    optimizer = get_optimizer(nn.Linear(1, 1), lr=1.0)
    scheduler = get_scheduler(optimizer, total_epochs=10, warmup_epochs=2, min_lr=0.01, steps_per_epoch=4)
    seen = []
    for _ in range(40):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()  # type: ignore[union-attr]
    assert seen == fine


def test_linear_and_constant_schedules() -> None:
    falling = rates("linear", 10, warmup_epochs=2, min_lr=0.2)
    assert falling == pytest.approx([1 / 3, 2 / 3, *(1 - 0.1 * np.arange(8))])
    assert rates("constant", 5, warmup_epochs=2) == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])


def test_step_none_and_no_warmup() -> None:
    assert rates("step", 5, step_size=2, gamma=0.1) == pytest.approx([1, 1, 0.1, 0.1, 0.01])
    assert rates("none", 3) == [1, 1, 1]
    assert rates("cosine_warmup", 4, warmup_epochs=0)[0] == 1.0
    with pytest.raises(MspeError, match=r"warmup_epochs: got 4, allowed: 0 to 3"):
        rates("cosine_warmup", 4, warmup_epochs=4)


def test_plateau_waits_for_the_metric() -> None:
    optimizer = get_optimizer(nn.Linear(1, 1), lr=1.0)
    scheduler = get_scheduler(optimizer, "plateau", patience=1, gamma=0.5, mode="max")
    seen = []
    for value in (0.1, 0.2, 0.2, 0.2, 0.3):
        scheduler.step(value)  # type: ignore[union-attr, arg-type]
        seen.append(optimizer.param_groups[0]["lr"])
    assert seen == [1.0, 1.0, 1.0, 0.5, 0.5]
    with pytest.raises(MspeError, match="plateau reads a metric, which comes once an epoch"):
        get_scheduler(optimizer, "plateau", steps_per_epoch=7)


@pytest.mark.parametrize("interval", ["steps", "step"])
def test_an_interval_that_does_not_fit_is_refused(tmp_path: Path, interval: str) -> None:
    model = Mean()
    optimizer = get_optimizer(model)
    plateau = get_scheduler(optimizer, "plateau")
    with pytest.raises(MspeError, match="scheduler_interval: got 'step"):
        Trainer(model, optimizer, plateau, checkpoint_dir=tmp_path, scheduler_interval=interval)
