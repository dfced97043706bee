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
    decay_norm_and_bias: bool = True,
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
    decay_norm_and_bias
        At False, parameters of fewer than two dimensions (biases, norms) are not decayed.

    Raises
    ------
    MspeError
        If the type is unknown.
    """
    optimizer_class = choose("optimizer", optimizer_type, OPTIMIZERS)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    decayed = [parameter for parameter in parameters if decay_norm_and_bias or parameter.ndim >= 2]
    kept = [parameter for parameter in parameters if not decay_norm_and_bias and parameter.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": kept, "weight_decay": 0.0}]
    options: dict[str, Any] = {"momentum": momentum} if optimizer_class is SGD else {}
    return optimizer_class([group for group in groups if group["params"]], lr=lr, fused=True, **options)  # type: ignore[call-arg]


def learning_rate(optimizer: torch.optim.Optimizer) -> float:
    """The first parameter group's learning rate."""
    return float(optimizer.param_groups[0]["lr"])
