"""Learning-rate schedules by name."""

import logging
import math
from typing import Literal

from torch.optim import Optimizer
from torch.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    LinearLR,
    LRScheduler,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)

from mspe.common.errors import MspeError
from mspe.common.registry import choose

logger = logging.getLogger(__name__)


def _with_warmup(optimizer: Optimizer, warmup: int, after: LRScheduler) -> LRScheduler:
    if warmup == 0:
        return after
    rise = LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)
    return SequentialLR(optimizer, [rise, after], milestones=[warmup])


def _cosine(optimizer: Optimizer, total: int, warmup: int, min_lr: float) -> LRScheduler:
    return _with_warmup(optimizer, warmup, CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=min_lr))


def _linear(optimizer: Optimizer, total: int, warmup: int, min_lr: float) -> LRScheduler:
    end = min_lr / optimizer.param_groups[0]["lr"]
    fall = LinearLR(optimizer, start_factor=1.0, end_factor=end, total_iters=total - warmup)
    return _with_warmup(optimizer, warmup, fall)


def follow_direction(plateau: ReduceLROnPlateau, mode: Literal["min", "max"]) -> None:
    """Have a plateau wait for a metric that is better in this direction; of the other one it forgets what it saw."""
    if plateau.mode != mode:
        logger.info("scheduler plateau: its mode is %s, as the metric's direction is, not %s", mode, plateau.mode)
        worst = math.inf if mode == "min" else -math.inf
        plateau.load_state_dict({"mode": mode, "best": worst, "num_bad_epochs": 0})


def check_interval(interval: str, scheduler: LRScheduler | None) -> str:
    """Return when a schedule is stepped, `epoch` or `step`.

    Raises
    ------
    MspeError
        If it is neither, or the schedule cannot be stepped then.
    """
    if interval not in ("epoch", "step"):
        raise MspeError(f"scheduler_interval: got {interval!r}, allowed: epoch, step")
    if interval == "step" and isinstance(scheduler, ReduceLROnPlateau):
        raise MspeError("scheduler_interval: got 'step', allowed: epoch, since plateau reads a metric")
    return interval


def get_scheduler(
    optimizer: Optimizer,
    scheduler_type: str = "cosine_warmup",
    total_epochs: int = 100,
    warmup_epochs: int = 10,
    min_lr: float = 1e-6,
    step_size: int = 30,
    gamma: float = 0.1,
    patience: int = 10,
    mode: str = "min",
    steps_per_epoch: int = 1,
) -> LRScheduler | None:
    """Build a schedule.

    Parameters
    ----------
    optimizer
        Whose learning rate it sets.
    scheduler_type
        `cosine_warmup`: linear from lr / (warm-up + 1) up to lr, then a cosine down to `min_lr` at the end. `linear`:
        the same with a straight line down. `constant`: lr after the warm-up. `step`: times `gamma` every `step_size`
        epochs. `plateau`: times `gamma` after `patience` epochs in which the metric did not improve. `none`: None.
    total_epochs, warmup_epochs, min_lr, step_size, gamma, patience
        As above, in epochs.
    mode
        Of plateau: `min` or `max`, the direction in which the metric is better; `fit` sets it by its metric.
    steps_per_epoch
        Of a schedule stepped after every optimizer step (`scheduler_interval` of the Trainer); 1: once an epoch.

    Raises
    ------
    MspeError
        If the type is unknown, the warm-up is not shorter than the training, or plateau is to be stepped more than once
        an epoch.
    """
    if scheduler_type in ("cosine_warmup", "linear") and not 0 <= warmup_epochs < total_epochs:
        raise MspeError(f"warmup_epochs: got {warmup_epochs}, allowed: 0 to {total_epochs - 1} (total_epochs less one)")
    if scheduler_type == "plateau" and steps_per_epoch != 1:
        raise MspeError("scheduler plateau reads a metric, which comes once an epoch; leave the interval at epoch")
    total, warmup = total_epochs * steps_per_epoch, warmup_epochs * steps_per_epoch
    known = {
        "cosine_warmup": lambda: _cosine(optimizer, total, warmup, min_lr),
        "linear": lambda: _linear(optimizer, total, warmup, min_lr),
        "constant": lambda: _with_warmup(optimizer, warmup, ConstantLR(optimizer, factor=1.0, total_iters=0)),
        "step": lambda: StepLR(optimizer, step_size=step_size * steps_per_epoch, gamma=gamma),
        "plateau": lambda: ReduceLROnPlateau(optimizer, mode=mode, factor=gamma, patience=patience, min_lr=min_lr),  # type: ignore[arg-type]
        "none": lambda: None,
    }
    return choose("scheduler", scheduler_type, known)()
