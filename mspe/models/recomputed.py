"""Layers whose activations are computed once more in the backward pass instead of being kept for it."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from torch import nn
from torch.utils.checkpoint import checkpoint

from mspe.models.norms import running_statistics_kept


def run_recomputed(layer: nn.Module, *inputs: Any) -> Any:
    """Return what a layer gives, keeping its inputs alone for the backward pass (Chen et al., arXiv 1604.06174).

    Of L layers each of which keeps a activations of its inputs' size, memory falls from L · a to L + a, for one more
    forward pass. Outputs and gradients are the same to the last bit: random numbers are drawn again as they were, and
    batch norms count a batch once.

    Parameters
    ----------
    layer
        In training; its own state changes by its batch norms alone.
    *inputs
        As it takes them.
    """

    def contexts() -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
        return nullcontext(), running_statistics_kept(layer)

    return checkpoint(layer, *inputs, use_reentrant=False, context_fn=contexts)
