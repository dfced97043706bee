"""Random numbers of nodes: the same in every call, or drawn anew while training."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from mspe.graphs import DenseLayout


def node_noise(layout: DenseLayout, channels: int) -> Float[Tensor, "nodes {channels}"]:
    """Return standard normal numbers that depend on nothing but a node's number within its graph.

    The k-th node of every graph has the k-th row of one table, so that a graph has the same ones in any batch, and on
    any device. They use no generator of the caller's.

    Examples
    --------
    >>> together, alone = DenseLayout.from_sizes([1, 3]), DenseLayout.from_sizes([3])
    >>> torch.equal(node_noise(together, 2)[1:], node_noise(alone, 2))
    True
    """
    size = layout.shape[1]
    table = np.random.default_rng(0).standard_normal((size, channels))  # filled row by row
    return torch.from_numpy(table).float().to(layout.slot.device)[layout.slot % size]


def draw_while_training(layout: DenseLayout, channels: int, training: bool) -> Float[Tensor, "nodes {channels}"]:
    """Return standard normal numbers: new ones from torch's generator while training, else those of `node_noise`."""
    if not training:
        return node_noise(layout, channels)
    return torch.randn(layout.slot.numel(), channels, device=layout.slot.device)
