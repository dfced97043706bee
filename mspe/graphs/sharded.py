"""Graphs that lie in several mapped files, read as one list."""

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.graphs.packed import PackedGraphs

MOST_RESIDENT = 96 * 2**20
"""Bytes of mapped files up to which they stay in a process's memory once they have been read."""


class ShardedGraphs(Dataset[Data]):
    """The graphs of several shards, one after the other, each read from its file when it is asked for.

    It is indexed, batched and given to a loader as `PackedGraphs` are. What is read of files of more than 96 MB is
    released shard by shard, so that a process holds its batches, one shard's pages and where each graph lies; the
    system keeps the files' pages once for all processes.

    Parameters
    ----------
    shards
        At least one, all with the same fields.

    Raises
    ------
    MspeError
        If one has others.

    Examples
    --------
    >>> edge = Data(edge_index=torch.tensor([[0], [1]]), num_nodes=2, y=torch.ones(1, 1))
    >>> graphs = ShardedGraphs([PackedGraphs.from_list([edge] * count) for count in (2, 3)])
    >>> len(graphs), graphs[4].num_nodes, len(graphs[[4, 0, 0]])
    (5, 2, 3)
    """

    def __init__(self, shards: Sequence[PackedGraphs]) -> None:
        self.shards = list(shards)
        for number, shard in enumerate(self.shards):
            if shard.levels != self.shards[0].levels:
                raise MspeError(
                    f"shard {number} has {', '.join(shard.levels)}, and shard 0 {', '.join(self.shards[0].levels)}; "
                    "run the stage that writes them (`dvc repro`)"
                )
        self.num_nodes: Int[Tensor, " graphs"] = torch.cat([shard.num_nodes for shard in self.shards])
        self.levels = self.shards[0].levels
        self._ends = torch.tensor([len(shard) for shard in self.shards]).cumsum(0)
        self._releases = sum(shard.mapped_bytes for shard in self.shards) > MOST_RESIDENT

    def __len__(self) -> int:
        return self.num_nodes.numel()

    @overload
    def __getitem__(self, index: int) -> Data: ...
    @overload
    def __getitem__(self, index: slice | Sequence[int] | Tensor) -> PackedGraphs: ...
    def __getitem__(self, index: Any) -> Data | PackedGraphs:
        if isinstance(index, (int, np.integer)):
            if not -len(self) <= index < len(self):
                raise IndexError(f"graph {index} of {len(self)}")
            return self._select(torch.tensor([int(index) % len(self)]))[0]
        if isinstance(index, slice):
            index = range(*index.indices(len(self)))
        return self._select(torch.as_tensor(index, dtype=torch.long))

    def collate(self, graphs: Sequence[int] | Int[Tensor, " chosen"]) -> Batch:
        """Build a PyG `Batch` of the chosen graphs."""
        return self[graphs].collate(range(len(graphs)))

    def with_targets(self, values: Tensor) -> "ShardedGraphs":
        """Return the same graphs with `y` [graphs, targets], which is held in memory."""
        lengths = [len(shard) for shard in self.shards]
        parts = zip(self.shards, values.split(lengths), strict=True)
        return ShardedGraphs([shard.with_fields({"y": y}, {"y": "graph"}) for shard, y in parts])

    def whole(self) -> PackedGraphs:
        """Return all graphs in memory; where there is one shard, as it is mapped."""
        return self.shards[0] if len(self.shards) == 1 else PackedGraphs.concatenate(self.shards)

    def _select(self, graphs: Int[Tensor, " chosen"]) -> PackedGraphs:
        """The chosen graphs of each shard in turn, put back into the order of the choice."""
        number = torch.searchsorted(self._ends, graphs, right=True)
        order = torch.argsort(number, stable=True)
        counts = torch.bincount(number, minlength=len(self.shards)).tolist()
        parts = [
            self._take(shard, chosen)
            for shard, chosen in zip(range(len(self.shards)), graphs[order].split(counts), strict=True)
            if len(chosen) or shard == 0  # of no graphs, too, the fields are known
        ]
        return parts[0] if len(parts) == 1 else PackedGraphs.concatenate(parts)[torch.argsort(order)]

    def _take(self, number: int, graphs: Int[Tensor, " chosen"]) -> PackedGraphs:
        shard = self.shards[number]
        taken = shard[graphs - (self._ends[number] - len(shard))]
        if self._releases:
            shard.release()
        return taken


GraphList = PackedGraphs | ShardedGraphs
"""What loaders cut batches from."""
