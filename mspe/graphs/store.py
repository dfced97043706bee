"""A folder of packed graphs: a folder a split, a file a shard."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
from pathlib import Path

import torch

from mspe.common.errors import MspeError
from mspe.common.files import atomic_directory
from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.tensor_files import read_seal
from mspe.graphs.packed import PackedGraphs

SPLITS = ("train", "val", "test")
SHARD_BYTES = 64 * 2**20
"""Of a shard and what is stored beside it, unless a single graph is larger."""
_MOST_EIGENVECTORS = 512
"""Numbers per node of a spectrum at most (`mspe.encodings.spectrum.DENSE_MAX_NODES`)."""
INDEX = "index.json"
"""File beside a split's shards: which they are, and the checksum of each."""


def write_splits(folder: str | Path, splits: Mapping[str, PackedGraphs]) -> None:
    """Write each split's graphs as shards of about 64 MB, in place of those that stood there."""
    for name, graphs in splits.items():
        with atomic_directory(Path(folder) / name) as split:
            ends = shard_ends(graphs.narrowed())
            write_shards(split, (graphs[start:end] for start, end in pairwise([0, *ends])))
            write_index(split, name)


def shard_ends(graphs: PackedGraphs) -> list[int]:
    """Cut graphs into shards: behind which graphs one ends.

    A shard takes as many graphs as its 64 MB hold together with their spectrum, n · min(n, 512) numbers of four bytes
    for n nodes, since what is computed of a shard is in memory with it, and is stored as a shard of its own.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> large = Data(edge_index=torch.zeros(2, 0, dtype=torch.long), num_nodes=4000)
    >>> shard_ends(PackedGraphs.from_list([large] * 20))
    [8, 16, 20]
    """
    spectrum = 4 * graphs.num_nodes * graphs.num_nodes.clamp(max=_MOST_EIGENVECTORS)
    before = (graphs.bytes_per_graph() + spectrum).cumsum(0)
    ends, start, taken = [], 0, 0
    while start < len(graphs):
        end = int(torch.searchsorted(before, taken + SHARD_BYTES, right=True))
        start = max(end, start + 1)
        taken = int(before[start - 1])
        ends.append(start)
    return ends


def write_shards(folder: str | Path, shards: Iterable[PackedGraphs]) -> None:
    """Write packed graphs one by one, so that only one need be in memory."""
    for number, shard in enumerate(shards):
        shard.save(Path(folder) / shard_name(number))


def write_index(folder: str | Path, split: str) -> None:
    """Write which shards a split's folder holds, so that one that is lost, added or exchanged later is known."""
    shards = {path.name: read_seal(path) for path in _files(folder)}
    write_sealed_json(Path(folder) / INDEX, {"split": split, "shards": shards})


def shard_name(number: int) -> str:
    """The file name of a shard; names sort as numbers do."""
    return f"{number:05d}.pt"


def shard_paths(folder: str | Path, split: str) -> list[Path]:
    """The files of one split, in order.

    Raises
    ------
    MspeError
        If there is none, or they are not those that were written.
    """
    place = Path(folder) / split
    paths = _files(place)
    if not paths:
        raise MspeError(f"{place}: no graphs there; run the stage that writes them (`dvc repro`)")
    _check_names(place, [path.name for path in paths], [shard_name(number) for number in range(len(paths))])
    if (place / INDEX).exists():  # not of shards written before there was one
        _check_index(place, split, paths)
    return paths


def _files(folder: str | Path) -> list[Path]:
    return sorted(Path(folder).glob("*.pt"))


def _check_index(place: Path, split: str, paths: list[Path]) -> None:
    """See that each file is the shard that was written under its name."""
    index = read_json(place / INDEX)
    if set(index) != {"split", "shards"} or index["split"] != split or not isinstance(index["shards"], dict):
        raise MspeError(f"{place / INDEX}: not of this split; run the stage that writes it (`dvc repro`)")
    _check_names(place, [path.name for path in paths], list(index["shards"]))
    for path in paths:
        if read_seal(path) != index["shards"][path.name]:
            raise MspeError(
                f"{path}: not the file that was written there ({INDEX} tells another checksum): damaged, or another "
                "one; run the stage that writes it (`dvc repro`)"
            )


def _check_names(place: Path, present: list[str], expected: list[str]) -> None:
    for name in sorted({*present} ^ {*expected}):
        problem = "is not one of its shards; remove it, or" if name in present else "is missing;"
        raise MspeError(f"{place}: {name} {problem} run the stage that writes them (`dvc repro`)")


def read_shards(folder: str | Path, split: str) -> Iterator[PackedGraphs]:
    """Read one split shard by shard."""
    return (PackedGraphs.load(path) for path in shard_paths(folder, split))


def read_split(folder: str | Path, split: str, *further: str | Path) -> PackedGraphs:
    """Read one split's graphs whole and join the fields that `further` folders hold for the same graphs."""
    first, *others = (_read_whole(part, split) for part in chain([folder], further))
    for other in others:
        first = first.with_fields_of(other)
    return first


def _read_whole(folder: str | Path, split: str) -> PackedGraphs:
    paths = shard_paths(folder, split)
    parts = [PackedGraphs.load(path) for path in paths]
    for path, part in zip(paths, parts, strict=True):
        if part.levels != parts[0].levels:
            raise MspeError(
                f"{path}: not of the other shards: it has {', '.join(part.levels)}, and {paths[0].name} "
                f"{', '.join(parts[0].levels)}; run the stage that writes them (`dvc repro`)"
            )
    return parts[0] if len(parts) == 1 else PackedGraphs.concatenate(parts)
