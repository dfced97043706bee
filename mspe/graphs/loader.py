"""Batches cut from packed graphs."""

import logging
import math
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.graphs.sharded import GraphList

logger = logging.getLogger(__name__)

_CHUNK_BATCHES, _CHUNK_PAIRS = 32, 2**24  # what is cut from one gather at most


class GraphLoader:
    """Iterates over packed graphs in PyG batches, every graph exactly once an epoch.

    The order of an epoch is a function of `seed` and the epoch alone, so a resumed run sees the batches that it would
    have seen. With `shuffle`, a batch is a random sample, in the order of its graphs' sizes: our models pad small and
    large graphs in grids of their own.

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
    max_pairs
        The memory guard: a batch whose graphs, padded to its largest one, have more pairs of nodes than this (graphs ·
        n²) is split, with a line in the log; None: no limit.
    pin_memory
        Put batches into page-locked memory, from which a GPU copies them while it computes.
    shard
        (rank, size): this loader's part where several processes train together. Of a shuffled batch, which is then
        `size` times as large, each takes every size-th graph; of the stored order, every size-th batch.
    prefetch
        Batches that a thread makes ready ahead of the one in use; 0: none.

    Raises
    ------
    MspeError
        If the batch size is not positive, or a single graph is larger than `max_pairs` allows.

    Examples
    --------
    >>> from mspe.graphs import PackedGraphs
    >>> from torch_geometric.data import Data
    >>> one = Data(edge_index=torch.zeros(2, 0, dtype=torch.long), num_nodes=1)
    >>> [batch.num_graphs for batch in GraphLoader(PackedGraphs.from_list([one] * 5), batch_size=2)]
    [2, 2, 1]
    """

    def __init__(
        self,
        graphs: GraphList,
        batch_size: int,
        shuffle: bool = False,
        seed: int = 0,
        max_pairs: int | None = None,
        pin_memory: bool = False,
        prefetch: int = 0,
        shard: tuple[int, int] = (0, 1),
    ) -> None:
        if shuffle and len(graphs) < shard[1]:
            raise MspeError(f"{len(graphs)} graphs cannot be shared by {shard[1]} processes; start fewer")
        if batch_size < 1:
            raise MspeError(f"batch_size: got {batch_size}, allowed: an integer of at least 1")
        self.graphs = graphs
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.max_pairs = max_pairs
        self.pin_memory = pin_memory
        self.prefetch = prefetch
        self.shard = shard
        self.epoch = 0
        self._first = 0
        self._split_reported = False
        if max_pairs is not None:
            self._refuse_larger_than(max_pairs)

    def _refuse_larger_than(self, max_pairs: int) -> None:
        graph = int(self.graphs.num_nodes.argmax())
        size = int(self.graphs.num_nodes[graph])
        if size * size > max_pairs:
            raise MspeError(
                f"graph {graph} has {size:,} nodes: its {size * size:,} pairs of nodes are more than the {max_pairs:,} "
                "that fit into memory; set model.attention=linear or none, use fewer heads or layers, or leave it out"
            )

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order the next iteration follows."""
        self.epoch = epoch

    def start_at(self, batch: int) -> None:
        """Have the next iteration, and no other, begin with this batch of the epoch."""
        self._first = batch

    def __len__(self) -> int:
        if self.max_pairs is None and self.shard[1] == 1:
            return math.ceil(len(self.graphs) / self.batch_size)
        return len(self._batches())

    def __iter__(self) -> Iterator[Batch]:
        batches = self._cut()
        if self.pin_memory:
            batches = (batch.pin_memory() for batch in batches)
        return _ahead(batches, self.prefetch) if self.prefetch else batches

    def _cut(self) -> Iterator[Batch]:
        """Gather a chunk of batches at once: one copy of many rows costs far less than many copies of a few."""
        batches = self._batches()[self._first :]
        self._first = 0
        for chunk in self._chunks(batches):
            yield from self.graphs[torch.cat(chunk)].batches([len(batch) for batch in chunk])

    def _chunks(self, batches: list[Tensor]) -> Iterator[list[Tensor]]:
        chunk: list[Tensor] = []
        pairs = 0
        for batch, size in zip(batches, self._pairs(batches), strict=True):
            if chunk and (len(chunk) == _CHUNK_BATCHES or pairs + size > _CHUNK_PAIRS):
                yield chunk
                chunk, pairs = [], 0
            chunk.append(batch)
            pairs += size
        if chunk:
            yield chunk

    def _pairs(self, batches: list[Tensor]) -> list[int]:
        """How many pairs of nodes each batch's graphs have, counted at once for all batches."""
        if not batches:
            return []
        number = torch.repeat_interleave(torch.tensor([len(batch) for batch in batches]))
        squares = self.graphs.num_nodes[torch.cat(batches)].square()
        return squares.new_zeros(len(batches)).index_add(0, number, squares).tolist()

    def _batches(self) -> list[Tensor]:
        rank, size = self.shard
        if not self.shuffle:
            return self._split(list(torch.arange(len(self.graphs)).split(self.batch_size)), 1)[rank::size]
        epoch_seed = np.random.SeedSequence((self.seed, self.epoch)).generate_state(1, np.uint64)
        generator = torch.Generator().manual_seed(int(epoch_seed[0]))
        order = torch.randperm(len(self.graphs), generator=generator)
        whole = self.batch_size * size
        number = torch.arange(len(order)) // whole  # of the batch that each graph is drawn for
        by_size = np.lexsort((self.graphs.num_nodes[order], number))
        batches = list(order[torch.from_numpy(by_size)].split(whole))
        if len(batches) > 1 and len(batches[-1]) < size:  # every process needs a graph of every batch
            batches[-2:] = [torch.cat(batches[-2:])]
        shuffled = [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]
        return [batch[rank::size] for batch in self._split(shuffled, size)]

    def _split(self, batches: list[Tensor], parts: int) -> list[Tensor]:
        """Halve batches until each of their parts fits; every process cuts alike."""
        if self.max_pairs is None:
            return batches
        fitting: list[Tensor] = []
        waiting = batches[::-1]
        while waiting:
            batch = waiting.pop()
            size = int(self.graphs.num_nodes[batch].max())
            graphs = math.ceil(len(batch) / parts)
            if graphs * size * size <= self.max_pairs or len(batch) < 2 * parts:
                fitting.append(batch)
                continue
            self._report_split(graphs, size)
            half = len(batch) // 2
            waiting += [batch[half:], batch[:half]]
        return fitting

    def _report_split(self, graphs: int, size: int) -> None:
        if not self._split_reported:
            logger.info(
                "%d graphs of up to %d nodes do not fit into memory at once (%s pairs, limit %s): such batches "
                "are split; lower training.batch_size, and raise training.accumulation_steps to make up for it",
                *(graphs, size, f"{graphs * size * size:,}", f"{self.max_pairs:,}"),
            )
        self._split_reported = True


def _ahead(batches: Iterator[Batch], count: int) -> Iterator[Batch]:
    """The same batches, up to `count` of them made by a thread while the caller works."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        waiting: deque[Future[Batch | None]] = deque(thread.submit(next, batches, None) for _ in range(count))
        while (batch := waiting.popleft().result()) is not None:
            waiting.append(thread.submit(next, batches, None))
            yield batch
