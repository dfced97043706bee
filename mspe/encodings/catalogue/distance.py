"""Shortest-path distance as pair channels (Graphormer, Ying et al., arXiv 2106.05234)."""

from typing import ClassVar

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from mspe.common.section import Channels, Section
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need


class Distance(Encoding):
    """One-hot shortest-path distance between two nodes.

    Edges are followed either way, as every encoding here takes them, where Graphormer follows their direction.

    Parameters
    ----------
    cap
        The largest distance told apart, at least 1; a longer one counts as it.

    Examples
    --------
    >>> Distance(2).pair_channels
    ['distance(0)', 'distance(1)', 'distance(2+)', 'distance(unreachable)']
    """

    name = "distance"
    about = About("shortest-path distance, one-hot", "arXiv 2106.05234", "n³", ("pair",))
    for_large = "landmarks"
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Largest distance told apart."""

        cap: Channels = 10

    def __init__(self, cap: int) -> None:
        super().__init__(cap=cap)
        self.cap = cap

    @property
    def pair_channels(self) -> list[str]:
        """Distances from 0 to the cap, then "unreachable"."""
        return [f"distance({d})" for d in range(self.cap)] + [f"distance({self.cap}+)", "distance(unreachable)"]

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return the distances."""
        return distance_channels(graphs.adjacency, self.cap)


def distance_channels(
    adjacent: Shaped[Tensor, "graphs size size"], cap: int
) -> Float[Tensor, "graphs size size channels"]:
    """Return one-hot distances: channels 0 … cap, then one for "unreachable"; a longer distance counts as `cap`.

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
