"""A folder of packed graphs, one file a split."""

from collections.abc import Mapping
from pathlib import Path

from mspe.graphs.packed import PackedGraphs

SPLITS = ("train", "val", "test")


def write_splits(folder: str | Path, splits: Mapping[str, PackedGraphs]) -> None:
    """Write each split's graphs (or further fields of the same graphs) into ``folder/<split>.pt``."""
    for name, graphs in splits.items():
        graphs.save(Path(folder) / f"{name}.pt")


def read_split(folder: str | Path, split: str, *further: str | Path) -> PackedGraphs:
    """Read one split's graphs and join the fields that `further` folders hold for the same graphs."""
    graphs = PackedGraphs.load(Path(folder) / f"{split}.pt")
    for other in further:
        graphs = graphs.joined(PackedGraphs.load(Path(other) / f"{split}.pt"))
    return graphs
