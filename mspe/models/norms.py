"""Normalisation by name."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation that a batch of one row does not stop: it is normalised by the running statistics."""

    def forward(self, input: Float[Tensor, "rows channels"]) -> Float[Tensor, "rows channels"]:
        training = self.training and input.size(0) > 1
        return torch.batch_norm(
            input, self.weight, self.bias, self.running_mean, self.running_var, training, 0.1, self.eps, False
        )


NORMS = {"batch": BatchNorm, "layer": nn.LayerNorm}
