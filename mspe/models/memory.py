"""How many pairs of nodes a batch may hold before attention runs out of memory."""

import os

import torch
from torch import nn

from mspe.models.graph_transformer import GraphTransformer

_SHARE = {"cuda": 0.8, "cpu": 0.5}
"""Of the memory; the rest is for everything that grows with nodes instead of pairs, and for others."""


def find_max_pairs(model: nn.Module, device: torch.device) -> int | None:
    """The largest graphs · n² of a training batch that the device's memory holds; None where n² does not matter.

    For `GraphLoader(max_pairs=…)`. It is the same on every call on one machine, so that batches are. Every layer keeps
    its heads' weights, and with dropout the mask; with pair channels there are the channels, the hidden layer, and a
    bias a layer and head, each with a gradient. Trained encodings say themselves what they keep.
    """
    if not isinstance(model, GraphTransformer):
        return None
    numbers = sum(encoding.numbers_per_pair for encoding in model.bank.evaluated)
    if model.attention == "softmax":
        scores = len(model.layers) * model.heads
        numbers += 3 * scores  # weights, mask, and what the backward pass holds of them
        if model.pair_bias is not None:
            numbers += 2 * (scores + model.pair_bias.hidden.in_features + model.pair_bias.hidden.out_features)
    if not numbers:
        return None
    return int(_SHARE[device.type] * _total_bytes(device) / (4 * numbers))


def _total_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
