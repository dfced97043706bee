"""What the Trainer asks of a loader beyond iterating over it."""

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from torch_geometric.data import Batch


@runtime_checkable
class EpochLoader(Protocol):
    """A loader whose order may change from epoch to epoch."""

    def __iter__(self) -> Iterator[Batch]:
        """Iterate over the batches of the epoch."""

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, counted from 0, whose order the next iteration follows."""


@runtime_checkable
class ResumableLoader(EpochLoader, Protocol):
    """A loader whose order is a function of the epoch alone, so that a run can be resumed within one.

    `GraphLoader` is one.
    """

    shard: tuple[int, int]
    """(rank, size): this loader's part where several processes train together."""

    def start_at(self, batch: int) -> None:
        """Have the next iteration, and no other, begin with this batch of the epoch."""


def begin_epoch(loader: Iterable[Batch], epoch: int, first_batch: int) -> None:
    """Tell a loader the epoch, and where in it to begin, as far as it can be told."""
    if isinstance(loader, EpochLoader):
        loader.set_epoch(epoch)
    if first_batch and isinstance(loader, ResumableLoader):
        loader.start_at(first_batch)


def is_sharded(loader: Iterable[Batch]) -> bool:
    """Return whether each process has a part of the loader's batches, and not all of them."""
    return isinstance(loader, ResumableLoader) and loader.shard[1] > 1
