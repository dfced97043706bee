"""Schedules: their rates, by epoch and by step."""

from inspect import unwrap  # off the check of types while tests run
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from mspe.common.errors import MspeError
from mspe.training import (
    Trainer,
    get_optimizer,
    get_scheduler,
)
from mspe.training.checkpoint import Checkpointer
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


FALLING = ["cosine_warmup", "linear"]


def follow(checkpointer: Checkpointer, steps: int) -> list[float]:
    """The rates of the next steps, the present one first."""
    seen = []
    for _ in range(steps):
        seen.append(checkpointer.optimizer.param_groups[0]["lr"])
        checkpointer.optimizer.step()
        checkpointer.scheduler.step()  # type: ignore[union-attr]
    return seen


def scheduled(scheduler_type: str, total: int, **options: Any) -> Checkpointer:
    model = nn.Linear(1, 1)
    optimizer = get_optimizer(model, lr=1.0)
    return Checkpointer(model, optimizer, get_scheduler(optimizer, scheduler_type, total, **options), {}, None)


@pytest.mark.parametrize("scheduler_type", FALLING)
@pytest.mark.parametrize("warmup", [0, 2])
def test_a_schedule_that_is_over_stays_at_its_end(scheduler_type: str, warmup: int) -> None:
    seen = follow(scheduled(scheduler_type, 5, warmup_epochs=warmup, min_lr=0.01), 20)
    assert min(seen[:5]) > 0.01 and seen[5:] == pytest.approx([0.01] * 15)


@pytest.mark.parametrize("scheduler_type", FALLING)
@pytest.mark.parametrize("warmup", [0, 2])
@pytest.mark.parametrize("done", [1, 3, 5, 8])
def test_a_longer_run_stretches_what_is_left_of_a_fall(
    scheduler_type: str, warmup: int, done: int, caplog: pytest.LogCaptureFixture
) -> None:
    first = scheduled(scheduler_type, 5, warmup_epochs=warmup, min_lr=0.01)
    before = follow(first, done)
    longer = scheduled(scheduler_type, 10, warmup_epochs=warmup, min_lr=0.01)
    longer.restore(first.take({}), None)
    assert "it was to end after 5 steps, now after 10" in caplog.text
    seen = before + follow(longer, 12 - done)
    assert all(later <= earlier for earlier, later in pairwise(seen[warmup:]))
    assert seen[10:] == pytest.approx([0.01, 0.01])
    assert seen[9] > 0.01 or done >= 5


@pytest.mark.parametrize("scheduler_type", FALLING)
def test_a_schedule_of_the_same_length_goes_on_as_it_was(scheduler_type: str, caplog: pytest.LogCaptureFixture) -> None:
    whole = follow(scheduled(scheduler_type, 10, warmup_epochs=2), 12)
    first = scheduled(scheduler_type, 10, warmup_epochs=2)
    before = follow(first, 6)
    second = scheduled(scheduler_type, 10, warmup_epochs=2)
    second.restore(first.take({}), None)
    assert before + follow(second, 6) == whole and not caplog.text


@pytest.mark.parametrize(
    ("saved", "present"),
    [
        (("cosine_warmup", {}), ("step", {})),
        (("step", {}), ("cosine_warmup", {"warmup_epochs": 0})),
        (("plateau", {}), ("step", {})),
        (("constant", {}), ("cosine_warmup", {})),
        (("cosine_warmup", {"warmup_epochs": 0}), ("cosine_warmup", {})),
        (("cosine_warmup", {}), ("linear", {})),
        (("linear", {"warmup_epochs": 0}), ("cosine_warmup", {"warmup_epochs": 0})),
    ],
)
def test_a_schedule_of_another_kind_is_refused(saved: tuple[str, dict], present: tuple[str, dict]) -> None:
    checkpoint = scheduled(saved[0], 20, **saved[1]).take({})
    with pytest.raises(MspeError, match=r"belongs to another optimizer or scheduler .*(only|Cosine|Line)"):
        scheduled(present[0], 20, **present[1]).restore(checkpoint, Path("model.pt"))


@pytest.mark.parametrize(("total", "warmup"), [(1, 0), (2, 1), (5, 2), (19, 9), (20, 10), (100, 10)])
def test_the_warmup_follows_a_short_run(total: int, warmup: int) -> None:
    assert int(np.argmax(rates("cosine_warmup", total))) == warmup


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"total_epochs": 0}, "total_epochs: got 0, allowed: an integer of at least 1"),
        ({"total_epochs": 2.5}, "total_epochs: got 2.5"),
        ({"warmup_epochs": -1}, "warmup_epochs: got -1, allowed: an integer of at least 0"),
        ({"warmup_epochs": 1.5}, "warmup_epochs: got 1.5"),
        ({"min_lr": -1.0}, "min_lr: got -1.0, allowed: a number of at least 0"),
        ({"min_lr": float("nan")}, "min_lr: got nan"),
        ({"min_lr": 2.0}, "min_lr: got 2.0, allowed: at most the optimizer's learning rate, 1.0"),
        ({"scheduler_type": "linear", "min_lr": 2.0}, "min_lr: got 2.0"),
        ({"scheduler_type": "step", "step_size": 0}, "step_size: got 0"),
        ({"scheduler_type": "step", "gamma": 0}, "gamma: got 0, allowed: a number above 0"),
        ({"scheduler_type": "plateau", "gamma": 1.0}, "gamma: got 1.0, allowed with plateau"),
        ({"scheduler_type": "plateau", "mode": "down"}, "mode: got 'down', allowed: min, max"),
        ({"scheduler_type": "plateau", "patience": -1}, "patience: got -1"),
        ({"steps_per_epoch": 0}, "steps_per_epoch: got 0"),
    ],
)
def test_an_option_out_of_its_range_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        unwrap(get_scheduler)(get_optimizer(nn.Linear(1, 1), lr=1.0), **options)


def test_a_schedule_needs_an_optimizer() -> None:
    with pytest.raises(MspeError, match="optimizer: got a Linear, allowed: an optimizer of torch"):
        unwrap(get_scheduler)(nn.Linear(1, 1))  # type: ignore[arg-type]
