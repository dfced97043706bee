"""Learned channel weights: how much a model uses each scale."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ScaleGate(nn.Module):
    """One positive weight a channel, learned; they start at 1 and their mean stays 1.

    Weights that could all shrink or grow together would say nothing, since the layer that follows could undo it; with
    their mean fixed, a weight above 1 belongs to a channel that the model turned up at the others' cost.

    Parameters
    ----------
    names
        Of the channels.

    Examples
    --------
    >>> ScaleGate(["walk(1)", "heat(2)"]).weights()
    {'walk(1)': 1.0, 'heat(2)': 1.0}
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = list(names)
        self.logits = nn.Parameter(torch.zeros(len(self.names)))

    def forward(self) -> Float[Tensor, " channels"]:
        """The weights, to multiply channels by."""
        return torch.softmax(self.logits, dim=0) * len(self.names)

    @torch.no_grad()
    def weights(self) -> dict[str, float]:
        """The weights by channel name."""
        return dict(zip(self.names, self.forward().tolist(), strict=True))
