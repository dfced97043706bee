"""A folder of packed graphs: a folder a split, a file a shard."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.common.files import atomic_directory
from mspe.graphs.packed import PackedGraphs

SPLITS = ("train", "val", "test")
SHARD_SIZE = 10_000


def write_splits(folder: str | Path, splits: Mapping[str, PackedGraphs]) -> None:
    """Write each split's graphs as shards of at most 10,000, in place of those that stood there."""
    for name, graphs in splits.items():
        with atomic_directory(Path(folder) / name) as split:
            write_shards(split, (graphs[i : i + SHARD_SIZE] for i in range(0, len(graphs), SHARD_SIZE)))


def write_shards(folder: str | Path, shards: Iterable[PackedGraphs]) -> None:
    """Write packed graphs one by one, so that only one need be in memory."""
    for number, shard in enumerate(shards):
        shard.save(Path(folder) / shard_name(number))


def shard_name(number: int) -> str:
    """The file name of a shard; names sort as numbers do."""
    return f"{number:05d}.pt"


def shard_paths(folder: str | Path, split: str) -> list[Path]:
    """The files of one split, in order.

    Raises
    ------
    MspeError
        If there is none.
    """
    paths = sorted((Path(folder) / split).glob("*.pt"))
    if not paths:
        raise MspeError(f"{Path(folder) / split}: no graphs there; run the stage that writes them (`dvc repro`)")
    return paths


def read_shards(folder: str | Path, split: str) -> Iterator[PackedGraphs]:
    """Read one split shard by shard."""
    return (PackedGraphs.load(path) for path in shard_paths(folder, split))


def read_split(folder: str | Path, split: str, *further: str | Path) -> PackedGraphs:
    """Read one split's graphs whole and join the fields that `further` folders hold for the same graphs."""
    parts = chain([folder], further)
    first, *others = (PackedGraphs.concatenate(list(read_shards(part, split))) for part in parts)
    for other in others:
        first = first.with_fields_of(other)
    return first
