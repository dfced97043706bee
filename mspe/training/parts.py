"""The parts that a Trainer is given: each is what it has to be, and they belong together."""

import inspect
from typing import Any

from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from mspe.common.errors import MspeError
from mspe.tasks import Metrics, Task
from mspe.training.checks import check_instance


def check_parts(model: Any, optimizer: Any, scheduler: Any) -> None:
    """See that an optimizer is of the model and steps without a closure, and a scheduler of the optimizer.

    Raises
    ------
    MspeError
        If not.
    """
    check_instance("model", model, nn.Module, "a module of torch")
    check_instance("optimizer", optimizer, Optimizer, "an optimizer of torch, as get_optimizer gives it")
    closure = inspect.signature(type(optimizer).step).parameters.get("closure")
    if closure is not None and closure.default is inspect.Parameter.empty:
        name = type(optimizer).__name__
        raise MspeError(f"optimizer: {name} evaluates the loss more than once a step; give another, as AdamW")
    own = {id(parameter) for parameter in model.parameters()}
    if not any(id(parameter) in own for group in optimizer.param_groups for parameter in group["params"]):
        raise MspeError("optimizer: it trains no parameter of the model; build it over model.parameters()")
    if scheduler is None:
        return
    check_instance("scheduler", scheduler, LRScheduler, "None or a scheduler of torch, as get_scheduler gives it")
    if scheduler.optimizer is not optimizer:
        raise MspeError("scheduler: it sets the rate of another optimizer; build it over the one given")


def check_functions(loss_fn: Any, metrics: Any) -> None:
    """See that loss and metrics are functions of predictions and targets, where they are given.

    Raises
    ------
    MspeError
        If not.
    """
    for name, function, getter in (("loss_fn", loss_fn, "get_loss_fn"), ("metrics", metrics, "get_metrics")):
        if function is not None and (isinstance(function, type) or not callable(function)):
            shown = repr(function) if isinstance(function, str | type) else f"a {type(function).__name__}"
            raise MspeError(
                f"{name}: got {shown}, allowed: None or a function of predictions and targets, as of {getter}"
            )


def metrics_of_task(metrics: Metrics, task: Task) -> tuple[str, ...] | None:
    """Return the names of metrics that are the task's own, as `get_metrics` gives them; None of any other."""
    own, given = inspect.unwrap(task.scorer()), inspect.unwrap(metrics)
    is_own = given is own or (type(given) is type(own) and not inspect.isfunction(given))
    return tuple(task.metrics) if is_own else None
