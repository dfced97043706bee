"""Optimizers by name."""

from typing import Any

import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from mspe.common.errors import MspeError
from mspe.common.registry import choose
from mspe.training.checks import check_instance, check_number

OPTIMIZERS: dict[str, type[Optimizer]] = {"adam": Adam, "adamw": AdamW, "sgd": SGD}


def get_optimizer(
    model: nn.Module,
    optimizer_type: str = "adamw",
    lr: float = 1e-4,
    weight_decay: float = 0.01,
    momentum: float = 0.9,
) -> Optimizer:
    """Build an optimizer over a model's trainable parameters, in torch's fused implementation.

    Parameters
    ----------
    model
        Whose parameters to train.
    optimizer_type
        `adam`, `adamw` or `sgd`.
    lr, weight_decay, momentum
        As torch has them; `momentum` is of sgd alone.

    Raises
    ------
    MspeError
        If the type is unknown, a number is out of its range, or the model has nothing to train.
    """
    optimizer_class = choose("optimizer", optimizer_type, OPTIMIZERS)
    check_instance("model", model, nn.Module, "a module of torch")
    lr, weight_decay = check_number("lr", lr), check_number("weight_decay", weight_decay)
    momentum = check_number("momentum", momentum)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters:
        raise MspeError("model: it has no trainable parameter; set requires_grad of some")
    options: dict[str, Any] = {"momentum": momentum} if optimizer_class is SGD else {}
    groups = [{"params": parameters, "weight_decay": weight_decay}]
    return optimizer_class(groups, lr=lr, fused=True, **options)  # type: ignore[call-arg]


def learning_rate(optimizer: torch.optim.Optimizer) -> float:
    """The first parameter group's learning rate."""
    return float(optimizer.param_groups[0]["lr"])
