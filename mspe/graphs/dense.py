"""Between a flat batch and padded [graphs, size] grids."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from jaxtyping import Bool, Int, Shaped
from torch import Tensor

_WORTH_A_BLOCK = {"cpu": 4_000}
_WORTH_A_BLOCK_ELSEWHERE = 300_000  # a GPU pays for launching kernels, hardly for padding
"""Pairs of nodes that a further block must save, since each costs some operations a layer."""


@dataclass(frozen=True)
class DenseLayout:
    """Places of the nodes of consecutive graphs of a flat batch in a padded grid.

    Computed once a batch, used by every layer.

    Attributes
    ----------
    slot
        Each node's place in the flattened grid.
    mask
        Which places of the grid hold a node.
    nodes, pairs
        The graphs' rows among the batch's nodes, and among a pair field (n² values a graph).

    Examples
    --------
    >>> layout = DenseLayout.from_sizes([1, 2])
    >>> layout.pad(torch.tensor([[5.0], [6.0], [7.0]])).squeeze(-1).tolist()
    [[5.0, 0.0], [6.0, 7.0]]
    >>> layout.pair_slot(torch.tensor([2]), torch.tensor([1])).tolist()  # graph 1, row 1, column 0
    [6]
    """

    slot: Int[Tensor, " nodes"]
    mask: Bool[Tensor, "graphs size"]
    nodes: slice
    pairs: slice

    @classmethod
    def from_sizes(
        cls, sizes: Sequence[int], device: torch.device | None = None, first_node: int = 0, first_pair: int = 0
    ) -> "DenseLayout":
        """The grid of graphs with so many nodes, which begin at these rows of the batch."""
        # Computed on the CPU, which knows the sizes, so that a GPU does not have to be waited for.
        mask = torch.arange(max(sizes)) < torch.tensor(sizes)[:, None]  # [graphs, size]
        slot = torch.nonzero(mask.flatten()).flatten()
        return cls(
            slot=slot.to(device, non_blocking=True),
            mask=mask.to(device, non_blocking=True),
            nodes=slice(first_node, first_node + sum(sizes)),
            pairs=slice(first_pair, first_pair + sum(size * size for size in sizes)),
        )

    @classmethod
    def blocks(cls, ptr: Int[Tensor, " graphs_plus_one"]) -> list["DenseLayout"]:
        """Cut a batch (`ptr`: first node of each graph) where that spares enough padding: one grid a block.

        Graphs of one batch that are in the order of their size are padded least; `GraphLoader` puts them so.
        """
        sizes = ptr.diff().tolist()
        layouts: list[DenseLayout] = []
        node = pair = 0
        for block in _cut(sizes, _WORTH_A_BLOCK.get(ptr.device.type, _WORTH_A_BLOCK_ELSEWHERE)):
            layouts.append(cls.from_sizes(block, ptr.device, node, pair))
            node, pair = layouts[-1].nodes.stop, layouts[-1].pairs.stop
        return layouts

    @property
    def shape(self) -> tuple[int, int]:
        """Graphs, and nodes of the largest graph."""
        return self.mask.shape[0], self.mask.shape[1]

    def pad(self, flat: Shaped[Tensor, "all_nodes *channels"]) -> Shaped[Tensor, "graphs size *channels"]:
        """Spread the rows of the batch's nodes over the grid; empty places hold zero."""
        graphs, size = self.shape
        grid = flat.new_zeros(graphs * size, *flat.shape[1:])
        return grid.index_copy(0, self.slot, flat[self.nodes]).view(graphs, size, *flat.shape[1:])

    def flatten(self, grid: Shaped[Tensor, "graphs size *channels"]) -> Shaped[Tensor, "nodes *channels"]:
        """Take the nodes' rows back out of the grid."""
        return grid.flatten(0, 1).index_select(0, self.slot)

    def pad_pairs(self, flat: Shaped[Tensor, " all_pairs"]) -> Shaped[Tensor, "graphs size size"]:
        """Spread a pair field of the batch (row-major) over a padded square; empty places hold zero."""
        graphs, size = self.shape
        return flat.new_zeros(graphs, size, size).masked_scatter_(self.pair_mask, flat[self.pairs])

    @property
    def pair_mask(self) -> Bool[Tensor, "graphs size size"]:
        """Mask of the square's places that hold a pair of nodes."""
        return self.mask[:, :, None] & self.mask[:, None, :]

    def pair_slot(self, row: Int[Tensor, " pairs"], column: Int[Tensor, " pairs"]) -> Int[Tensor, " pairs"]:
        """Places in the flattened square of pairs of the batch's nodes, each of one graph of this block."""
        # A node's slot is graph · size + place, so a pair's is (graph · size + row's place) · size + column's place.
        size = self.shape[1]
        first = self.nodes.start
        return self.slot[row - first] * size + self.slot[column - first] % size


def _cut(sizes: list[int], worth: int) -> list[list[int]]:
    """Cut a list of sizes into consecutive blocks, each where it spares the most pairs and at least `worth`.

    A block of c graphs, the largest of m nodes, takes c · m² pairs; a cut behind the k-th of c graphs takes
    k · max(sizes[:k])² + (c − k) · max(sizes[k:])².
    """
    count = len(sizes)
    left = list(accumulate(sizes, max))  # largest up to here
    right = list(accumulate(reversed(sizes), max))[::-1]  # largest from here on
    costs = [cut * left[cut - 1] ** 2 + (count - cut) * right[cut] ** 2 for cut in range(1, count)]
    if not costs or count * left[-1] ** 2 - min(costs) < worth:
        return [sizes]
    cut = costs.index(min(costs)) + 1
    return _cut(sizes[:cut], worth) + _cut(sizes[cut:], worth)
