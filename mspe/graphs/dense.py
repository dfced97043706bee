"""Between a flat batch and its padded [graphs, max_nodes] grid."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int, Shaped
from torch import Tensor


@dataclass(frozen=True)
class DenseLayout:
    """Where each node of a flat batch stands in a padded grid; computed once a batch, used by every layer.

    Attributes
    ----------
    slot
        The node's place in the flattened grid.
    mask
        Which places of the grid hold a node.

    Examples
    --------
    >>> layout = DenseLayout.from_batch(torch.tensor([0, 1, 1]), torch.tensor([0, 1, 3]))
    >>> layout.pad(torch.tensor([[5.0], [6.0], [7.0]])).squeeze(-1).tolist()
    [[5.0, 0.0], [6.0, 7.0]]
    >>> layout.pair_slot(torch.tensor([2]), torch.tensor([1])).tolist()  # graph 1, row 1, column 0
    [6]
    """

    slot: Int[Tensor, " nodes"]
    mask: Bool[Tensor, "graphs max_nodes"]

    @classmethod
    def from_batch(cls, batch: Int[Tensor, " nodes"], ptr: Int[Tensor, " graphs_plus_one"]) -> "DenseLayout":
        """Build the layout from a PyG batch's `batch` (graph of each node) and `ptr` (first node of each graph)."""
        counts = ptr.diff()
        size = int(counts.max())
        position = torch.arange(batch.numel(), device=batch.device) - ptr[batch]
        mask = torch.arange(size, device=batch.device) < counts[:, None]
        return cls(slot=batch * size + position, mask=mask)

    @property
    def shape(self) -> tuple[int, int]:
        """Graphs, and nodes of the largest graph."""
        return self.mask.shape[0], self.mask.shape[1]

    def pad(self, flat: Shaped[Tensor, "nodes *channels"]) -> Shaped[Tensor, "graphs max_nodes *channels"]:
        """Spread flat rows over the grid; empty places hold zero."""
        graphs, size = self.shape
        grid = flat.new_zeros(graphs * size, *flat.shape[1:])
        return grid.index_copy(0, self.slot, flat).view(graphs, size, *flat.shape[1:])

    def flatten(self, grid: Shaped[Tensor, "graphs max_nodes *channels"]) -> Shaped[Tensor, "nodes *channels"]:
        """Take the nodes' rows back out of the grid."""
        return grid.flatten(0, 1).index_select(0, self.slot)

    def pad_pairs(self, flat: Shaped[Tensor, " pairs"]) -> Shaped[Tensor, "graphs max_nodes max_nodes"]:
        """Spread a flat pair field (n² values a graph, row-major) over a padded square; empty places hold zero."""
        graphs, size = self.shape
        square = flat.new_zeros(graphs, size, size)
        square[self.pair_mask] = flat
        return square

    def pair_slot(self, row: Int[Tensor, " pairs"], column: Int[Tensor, " pairs"]) -> Int[Tensor, " pairs"]:
        """Where pairs of nodes of one graph stand in the flattened square."""
        size = self.shape[1]
        return self.slot[row] * size + self.slot[column] % size

    @property
    def pair_mask(self) -> Bool[Tensor, "graphs max_nodes max_nodes"]:
        """Which places of the square hold a pair of nodes."""
        return self.mask[:, :, None] & self.mask[:, None, :]
