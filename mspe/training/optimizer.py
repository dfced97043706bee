"""Optimizers by name."""

from typing import Any

import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from mspe.common.registry import choose

OPTIMIZERS: dict[str, type[Optimizer]] = {"adam": Adam, "adamw": AdamW, "sgd": SGD}


def get_optimizer(
    model: nn.Module,
    optimizer_type: str = "adamw",
    lr: float = 1e-3,
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
        If the type is unknown.
    """
    optimizer_class = choose("optimizer", optimizer_type, OPTIMIZERS)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    options: dict[str, Any] = {"momentum": momentum} if optimizer_class is SGD else {}
    groups = [{"params": parameters, "weight_decay": weight_decay}]
    return optimizer_class(groups, lr=lr, fused=True, **options)  # type: ignore[call-arg]


def learning_rate(optimizer: torch.optim.Optimizer) -> float:
    """The first parameter group's learning rate."""
    return float(optimizer.param_groups[0]["lr"])
