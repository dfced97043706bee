"""What the Trainer asks of a loader, and makes of what it gives."""

import warnings
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

from torch_geometric.data import Batch, Data, HeteroData

from mspe.common.errors import MspeError


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


def begin_epoch(loader: Iterable[Any], epoch: int, first_batch: int) -> None:
    """Tell a loader the epoch, and where in it to begin, as far as it can be told."""
    if isinstance(loader, EpochLoader):
        loader.set_epoch(epoch)
    if first_batch and isinstance(loader, ResumableLoader):
        loader.start_at(first_batch)


def is_sharded(loader: Iterable[Any]) -> bool:
    """Return whether each process has a part of the loader's batches, and not all of them."""
    return isinstance(loader, ResumableLoader) and loader.shard[1] > 1


def check_loader(name: str, loader: Any, epochs: int = 1) -> None:
    """See that a loader can be read in so many epochs, without reading it.

    Raises
    ------
    MspeError
        If it is none, is known to be empty, or gives its batches once only.
    """
    if loader is None or isinstance(loader, Data | HeteroData | str | dict) or not hasattr(loader, "__iter__"):
        shown = "None" if loader is None else f"a {type(loader).__name__}"
        raise MspeError(f"{name}: got {shown}, allowed: a loader or a list of batches; one graph is [data]")
    if count_batches(loader) == 0 and not is_sharded(loader):  # of several processes, one may have none
        which = "training loader" if name == "train_loader" else "loader"
        raise MspeError(f"{name}: the {which} is empty; give at least one batch")
    if epochs > 1 and isinstance(loader, Iterator):
        raise MspeError(f"{name}: got a {type(loader).__name__}, which can be read once only; give a loader or a list")


def count_batches(loader: Iterable[Any]) -> int | None:
    """Return how many batches a loader has, where it knows."""
    try:
        return len(loader)  # type: ignore[arg-type]
    except (TypeError, NotImplementedError):  # also of a class that has a length, over data that have none
        return None


def read_batches(loader: Iterable[Any]) -> Iterator[Batch]:
    """Iterate over what a loader gives, as batches."""
    for item in loader:
        yield as_batch(item)


def as_batch(item: Any) -> Batch:
    """Return a batch as it is, and one graph or a list of graphs as a batch.

    Raises
    ------
    MspeError
        If it is none of them, has several kinds of nodes, or nodes beside those that are to be predicted.
    """
    if isinstance(item, HeteroData):
        kinds = ", ".join(item.node_types)
        raise MspeError(f"a loader gave heterogeneous data, of nodes {kinds}; give data.to_homogeneous(), of one kind")
    if isinstance(item, Batch):
        return item
    if isinstance(item, Data):
        _check_part(item)
        return Batch.from_data_list([item])
    if isinstance(item, list | tuple) and item and all(isinstance(graph, Data) for graph in item):
        return Batch.from_data_list(list(item))
    raise MspeError(f"a loader gave a {type(item).__name__}, allowed: a batch of PyG, one graph or a list of graphs")


def _check_part(graph: Data) -> None:
    """Refuse a part of a graph that holds more nodes than are asked for, and say that masks are not used."""
    if "input_id" in graph and "edge_label" not in graph:  # of sampled pairs the label says which are asked for
        raise MspeError(
            "a loader gave sampled neighbours beside the nodes to predict, which would be counted too; give whole "
            "graphs, or parts of one with RandomNodeLoader; of pairs, negatives (neg_sampling='binary') or edge_label"
        )
    masks = [name for name in graph.keys() if name.endswith("_mask")]  # noqa: SIM118 (a graph iterates over pairs)
    if masks:
        warnings.warn(
            f"{', '.join(masks)}: not used, every node with a known target counts; in each loader's graph set y "
            "to NaN outside its part (of classes, too: their numbers as floats)",
            stacklevel=4,
        )
