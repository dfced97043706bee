"""Shortest-path distance as pair channels (Graphormer, Ying et al., arXiv 2106.05234)."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor


def distance_channels(
    adjacent: Shaped[Tensor, "graphs size size"], cap: int
) -> Float[Tensor, "graphs size size channels"]:
    """One-hot distances: channels 0 … cap, then one for "unreachable"; a longer distance counts as `cap`.

    Parameters
    ----------
    adjacent
        Nonzero where an edge leads from row to column, either way.
    cap
        The largest distance told apart, at least 1.

    Returns
    -------
    Tensor
        Exactly one channel of each pair is one, on padding too (padding is unreachable).
    """
    size = adjacent.size(-1)
    step = ((adjacent != 0) | (adjacent != 0).transpose(1, 2)).float()
    reached = torch.eye(size, device=adjacent.device).expand(adjacent.size(0), -1, -1)
    channels = [reached]
    for _ in range(1, cap):
        further = ((reached + reached @ step) > 0).float()
        channels.append(further - reached)
        reached = further
    connected = reached
    while not torch.equal(further := ((connected + connected @ step) > 0).float(), connected):
        connected = further
    channels += [connected - reached, 1.0 - connected]
    return torch.stack(channels, dim=1).permute(0, 2, 3, 1)


def distance_names(cap: int) -> list[str]:
    """The channels' names.

    Examples
    --------
    >>> distance_names(2)
    ['distance(0)', 'distance(1)', 'distance(2+)', 'distance(unreachable)']
    """
    return [f"distance({d})" for d in range(cap)] + [f"distance({cap}+)", "distance(unreachable)"]
