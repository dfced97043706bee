"""Learning-rate schedules by name."""

import copy
import logging
import math
from typing import Any, Literal

from torch import Tensor
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
from mspe.training.checks import check_instance, check_integer, check_number, check_positive

logger = logging.getLogger(__name__)


class Cosine(CosineAnnealingLR):
    """Fall from the learning rate to `eta_min` in `T_max` steps, along a cosine; the rate stays there.

    Each rate follows from the one before, so a fall that is made longer goes on from where it is.
    """

    def height(self, step: int) -> float:
        """Return what is left to fall after so many steps, in any unit."""
        return 1 + math.cos(math.pi * step / self.T_max)

    def state_dict(self) -> dict[str, Any]:
        """Return the state, with the shape of the fall, which its numbers do not tell."""
        return {**super().state_dict(), "shape": type(self).__name__}

    def get_lr(self) -> list[float | Tensor]:
        """Return the next rate of every parameter group."""
        rates = [group["lr"] for group in self.optimizer.param_groups]
        if self.last_epoch == 0:
            return rates
        if self.last_epoch >= self.T_max:
            return [self.eta_min for _ in rates]
        share = self.height(self.last_epoch) / self.height(self.last_epoch - 1)
        return [share * (rate - self.eta_min) + self.eta_min for rate in rates]

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        left = self.height(min(self.last_epoch, self.T_max))
        return [self.eta_min + (base - self.eta_min) * left / self.height(0) for base in self.base_lrs]


class Line(Cosine):
    """The same along a straight line."""

    def height(self, step: int) -> float:
        """Return what is left to fall after so many steps."""
        return float(self.T_max - step)


def _with_warmup(optimizer: Optimizer, warmup: int, after: LRScheduler) -> LRScheduler:
    if warmup == 0:
        return after
    rise = LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)
    return SequentialLR(optimizer, [rise, after], milestones=[warmup])


def _fall(scheduler: LRScheduler) -> tuple[Cosine | None, int]:
    """The part of a schedule that falls to its end, and the steps before it."""
    if isinstance(scheduler, SequentialLR):
        last = scheduler._schedulers[-1]
        return (last, scheduler._milestones[-1]) if isinstance(last, Cosine) else (None, 0)
    return (scheduler, 0) if isinstance(scheduler, Cosine) else (None, 0)


def load_schedule(scheduler: LRScheduler, state: dict[str, Any]) -> None:
    """Put back the state of a schedule, which ends where it was built to end.

    A fall that was to end elsewhere is stretched from the rate that it has reached, which a warning tells; the rate
    never rises for it.

    Raises
    ------
    ValueError
        If the state is of another kind of schedule.
    """
    problem = _other_kind(state, scheduler.state_dict())
    if problem:
        raise ValueError(problem)
    fall, warmup = _fall(scheduler)
    end = warmup + fall.T_max if fall else 0
    scheduler.load_state_dict(copy.deepcopy(state))
    fall, warmup = _fall(scheduler)
    if fall is not None and warmup + fall.T_max != end:
        logger.warning(
            "scheduler: it was to end after %d steps, now after %d (total_epochs); from step %d the rest of its fall "
            "is stretched over what is left, from the rate that it has reached",
            *(warmup + fall.T_max, end, scheduler.last_epoch),
        )
        fall.T_max = max(1, end - warmup)


def _other_kind(saved: dict[str, Any], present: dict[str, Any]) -> str | None:
    """Say in which settings two schedules differ in kind: either has one that the other lacks.

    A version of torch may add some, but then one side has them all.
    """
    ours, theirs = ({name for name in state if not name.startswith("_")} for state in (present, saved))
    if "_schedulers" in saved and "_schedulers" in present:
        parts = zip(saved["_schedulers"], present["_schedulers"], strict=True)
        return next((problem for problem in (_other_kind(*pair) for pair in parts) if problem), None)
    if "_schedulers" in saved or "_schedulers" in present:
        return f"only {'the checkpoint' if '_schedulers' in saved else 'the scheduler'} has a warm-up"
    shapes = [state.get("shape") for state in (saved, present)]
    if None not in shapes and shapes[0] != shapes[1]:
        return f"{shapes[0]} in the checkpoint, {shapes[1]} here"
    if theirs - ours and ours - theirs:
        return f"{min(theirs - ours)} is only in the checkpoint, {min(ours - theirs)} only in the scheduler"
    return None


def follow_direction(plateau: ReduceLROnPlateau, mode: Literal["min", "max"], anew: bool = False) -> None:
    """Have a plateau wait for a metric that is better in this direction.

    Of the other direction, or of another metric (`anew`), it forgets what it saw.
    """
    if plateau.mode != mode:
        logger.info("scheduler plateau: its mode is %s, as the metric's direction is, not %s", mode, plateau.mode)
    if anew or plateau.mode != mode:
        worst = math.inf if mode == "min" else -math.inf
        plateau.load_state_dict({"mode": mode, "best": worst, "num_bad_epochs": 0, "cooldown_counter": 0})


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
    warmup_epochs: int | None = None,
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
        `cosine_warmup`: linear from lr / (warm-up + 1) up to lr, then a cosine down to `min_lr` at the end, where it
        stays. `linear`: the same with a straight line down. `constant`: lr after the warm-up. `step`: times `gamma`
        every `step_size` epochs. `plateau`: times `gamma` after `patience` epochs in which the metric did not improve.
        `none`: None.
    total_epochs, min_lr, step_size, gamma, patience
        As above, in epochs.
    warmup_epochs
        None: 10, or half of a run that is shorter than 20.
    mode
        Of plateau: `min` or `max`, the direction in which the metric is better; `fit` sets it by its metric.
    steps_per_epoch
        Of a schedule stepped after every optimizer step (`scheduler_interval` of the Trainer); 1: once an epoch.

    Raises
    ------
    MspeError
        If the type is unknown, an option is out of its range, the warm-up is not shorter than the training, the rate
        would rise to `min_lr`, or plateau is to be stepped more than once an epoch.
    """
    check_instance("optimizer", optimizer, Optimizer, "an optimizer of torch, as get_optimizer gives it")
    total = check_integer("total_epochs", total_epochs)
    warmup = min(10, total // 2) if warmup_epochs is None else check_integer("warmup_epochs", warmup_epochs, least=0)
    check_integer("step_size", step_size)
    check_integer("patience", patience, least=0)
    check_number("min_lr", min_lr)
    check_positive("gamma", gamma)
    if mode not in ("min", "max"):
        raise MspeError(f"mode: got {mode!r}, allowed: min, max")
    steps = check_integer("steps_per_epoch", steps_per_epoch)
    fall, rise = (total - warmup) * steps, warmup * steps
    known = {
        "cosine_warmup": lambda: _with_warmup(optimizer, rise, Cosine(optimizer, fall, min_lr)),
        "linear": lambda: _with_warmup(optimizer, rise, Line(optimizer, fall, min_lr)),
        "constant": lambda: _with_warmup(optimizer, rise, ConstantLR(optimizer, factor=1.0, total_iters=0)),
        "step": lambda: StepLR(optimizer, step_size=step_size * steps, gamma=gamma),
        "plateau": lambda: ReduceLROnPlateau(optimizer, mode=mode, factor=gamma, patience=patience, min_lr=min_lr),  # type: ignore[arg-type]
        "none": lambda: None,
    }
    build = choose("scheduler", scheduler_type, known)
    if scheduler_type in ("cosine_warmup", "linear", "plateau"):
        _check_min_lr(min_lr, optimizer)
    if scheduler_type in ("cosine_warmup", "linear") and warmup >= total:
        raise MspeError(f"warmup_epochs: got {warmup}, allowed: 0 to {total - 1} (total_epochs less one)")
    if scheduler_type == "plateau":
        _check_plateau(gamma, steps)
    return build()


def _check_min_lr(min_lr: float, optimizer: Optimizer) -> None:
    rate = min(float(group.get("initial_lr", group["lr"])) for group in optimizer.param_groups)
    if min_lr > rate:
        raise MspeError(f"min_lr: got {min_lr}, allowed: at most the optimizer's learning rate, {rate}")


def _check_plateau(gamma: float, steps: int) -> None:
    if gamma >= 1:
        raise MspeError(f"gamma: got {gamma}, allowed with plateau: above 0 and below 1")
    if steps != 1:
        raise MspeError("scheduler plateau reads a metric, which comes once an epoch; leave the interval at epoch")
