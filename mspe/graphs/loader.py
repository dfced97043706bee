"""Batches cut from packed graphs."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.graphs.packed import PackedGraphs


class GraphLoader:
    """Iterates over packed graphs in PyG batches, every graph exactly once an epoch.

    The order of an epoch is a function of `seed` and the epoch alone, so a resumed run sees the batches that it would
    have seen. With `shuffle`, graphs are drawn in random order, then, within each window of `window` batches, put
    beside graphs of similar size: batches are padded less, and which graphs meet still changes each epoch.

    Parameters
    ----------
    graphs
        What to iterate over.
    batch_size
        Graphs a batch; the last one may be smaller.
    shuffle
        Random order, another each epoch; otherwise the stored order.
    seed
        Seed of the order.
    window
        Batches among which graphs are grouped by size; 1 switches the grouping off.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> one = Data(edge_index=torch.zeros(2, 0, dtype=torch.long), num_nodes=1)
    >>> [batch.num_graphs for batch in GraphLoader(PackedGraphs.from_list([one] * 5), batch_size=2)]
    [2, 2, 1]
    """

    def __init__(
        self, graphs: PackedGraphs, batch_size: int, shuffle: bool = False, seed: int = 0, window: int = 16
    ) -> None:
        if batch_size < 1:
            raise MspeError(f"batch_size: got {batch_size}, allowed: an integer of at least 1")
        self.graphs = graphs
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.window = window
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order the next iteration follows."""
        self.epoch = epoch

    def __len__(self) -> int:
        return math.ceil(len(self.graphs) / self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        for indices in self._batches():
            yield self.graphs.collate(indices)

    def _batches(self) -> list[Int[Tensor, " batch"]]:
        if not self.shuffle:
            return list(torch.arange(len(self.graphs)).split(self.batch_size))
        epoch_seed = np.random.SeedSequence((self.seed, self.epoch)).generate_state(1, np.uint64)
        generator = torch.Generator().manual_seed(int(epoch_seed[0]))
        order = torch.randperm(len(self.graphs), generator=generator)
        batches: list[Tensor] = []
        for window in order.split(self.batch_size * self.window):
            by_size = window[torch.argsort(self.graphs.num_nodes[window], stable=True)]
            batches.extend(by_size.split(self.batch_size))
        return [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]
