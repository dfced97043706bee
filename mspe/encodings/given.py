"""What a model reads of a batch's encodings, wherever they come from."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mspe.graphs import DenseLayout


class AnyEncodings(ABC):
    """The node, pair and edge encodings of one batch.

    Attributes
    ----------
    blocks
        The grids that the batch is cut into.
    """

    blocks: Sequence[DenseLayout]

    @abstractmethod
    def node(self) -> Float[Tensor, "nodes channels"]:
        """Return all node channels."""

    @abstractmethod
    def pair(self) -> list[Tensor]:
        """Return all pair channels of every block [graphs, size, size, channels]."""

    @abstractmethod
    def edge(self) -> Float[Tensor, "edges channels"]:
        """Return all channels on edges alone, in the order of the batch's edges."""

    def of_edges(self, pair: Sequence[Tensor], edges: Int[Tensor, "2 edges"]) -> Float[Tensor, "edges channels"]:
        """Return the channels of chosen pairs of nodes, each of one graph: the mean of both directions."""
        first, second = edges
        chosen = pair[0].new_empty(first.numel(), pair[0].size(-1))
        for block, channels in zip(self.blocks, pair, strict=True):
            inside = torch.nonzero((first >= block.nodes.start) & (first < block.nodes.stop)).flatten()
            flat = channels.flatten(0, 2)  # [graphs · size · size, channels]
            ways = block.pair_slot(first[inside], second[inside]), block.pair_slot(second[inside], first[inside])
            chosen = chosen.index_copy(0, inside, (flat[ways[0]] + flat[ways[1]]) / 2)
        return chosen


class GivenEncodings(AnyEncodings):
    """Encodings that were computed before.

    Parameters
    ----------
    blocks
        The grids that the batch is cut into.
    node, pair, edge
        What is returned as such; None: no channels on edges.
    """

    def __init__(
        self,
        blocks: Sequence[DenseLayout],
        node: Float[Tensor, "nodes channels"],
        pair: list[Tensor],
        edge: Float[Tensor, "edges channels"] | None = None,
    ) -> None:
        self.blocks = blocks
        self._node, self._pair, self._edge = node, pair, edge

    def node(self) -> Float[Tensor, "nodes channels"]:
        """Return all node channels."""
        return self._node

    def pair(self) -> list[Tensor]:
        """Return all pair channels of every block [graphs, size, size, channels]."""
        return self._pair

    def edge(self) -> Float[Tensor, "edges channels"]:
        """Return all channels on edges alone, in the order of the batch's edges."""
        return self._node.new_empty(0, 0) if self._edge is None else self._edge
