"""Locate NaN or infinity."""

import logging

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.training.loops import TARGETS

logger = logging.getLogger(__name__)


def locate_nonfinite(model: nn.Module, batch: Batch) -> str:
    """Return the first parameter, gradient, feature or target that is not finite, in words.

    A NaN target is none: it means unknown.
    """
    for name, parameter in model.named_parameters():
        if not _finite(parameter):
            return f"the parameter {name} is not finite"
    for name, parameter in model.named_parameters():
        if parameter.grad is not None and not _finite(parameter.grad):
            return f"the gradient of {name} is not finite"
    for name in ("x", "edge_attr", "edge_weight", "pos", *TARGETS):
        value = batch.get(name)
        if not isinstance(value, Tensor) or not value.is_floating_point():
            continue
        if not _finite(value[~value.isnan()] if name in TARGETS else value):
            return f"the batch's field {name} is not finite"
    return "parameters and features are finite, so the computation overflowed"


def report_nonfinite(problem: str, model: nn.Module, batch: Batch, skip: bool) -> None:
    """Report a number that is not finite and its cause; with `skip`, only in the log.

    Raises
    ------
    MspeError
        Without `skip`.
    """
    cause = locate_nonfinite(model, batch)
    if not skip:
        raise MspeError(
            f"{problem}: {cause}; lower training.optimizer.lr, set training.grad_clip, look at the data, or set "
            "training.skip_nonfinite=true to leave such batches out"
        )
    logger.warning("%s: %s; the batch is left out", problem, cause)


def _finite(tensor: Tensor) -> bool:
    return bool(torch.isfinite(tensor).all())
