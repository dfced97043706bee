"""Normalisation by name."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation that a batch of one row does not stop: it is normalised by the running statistics."""

    momentum: float
    """Weight of a batch in the running statistics."""

    def forward(self, input: Float[Tensor, "rows channels"]) -> Float[Tensor, "rows channels"]:
        training = self.training and input.size(0) > 1
        return torch.batch_norm(
            input, self.weight, self.bias, self.running_mean, self.running_var, training, self.momentum, self.eps, False
        )


@contextmanager
def running_statistics_kept(module: nn.Module) -> Iterator[None]:
    """Leave the running statistics of all batch norms of a module as they are, while it sees a batch once more."""
    norms = [one for one in module.modules() if isinstance(one, BatchNorm)]
    momenta = [one.momentum for one in norms]
    for one in norms:
        one.momentum = 0.0
    try:
        yield
    finally:
        for one, momentum in zip(norms, momenta, strict=True):
            one.momentum = momentum


NORMS = {"batch": BatchNorm, "layer": nn.LayerNorm}
