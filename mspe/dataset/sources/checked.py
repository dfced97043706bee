"""PyG's datasets whose raw files are made safe before PyG opens them."""

from pathlib import Path

import numpy as np
import torch
from torch_geometric.data import InMemoryDataset
from torch_geometric.datasets import (
    QM9,
    ZINC,
    GNNBenchmarkDataset,
    HeterophilousGraphDataset,
    LRGBDataset,
    Planetoid,
    TUDataset,
)

from mspe.common.errors import MspeError
from mspe.common.safe_pickle import read_pickle, rewrite_pickle
from mspe.common.shown import shortened
from mspe.common.text_files import read_text
from mspe.common.unpacking import check_archive, refuse_special

_TEXT = {".index", ".txt", ".csv", ".sdf"}
_LABELS = range(-1000, 1001)
"""Of nodes or edges: PyG makes a column of each."""

_REMEDY = "take the published file"
_CONSTANTS = ("A", "B", "C")
QM9_TARGETS = (
    *("mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "u0", "u298", "h298", "g298", "cv"),
    *("u0_atom", "u298_atom", "h298_atom", "g298_atom"),
    *_CONSTANTS,
)
"""Of QM9 in PyG's order, which puts last what its table has first."""


def make_safe(path: Path) -> None:
    """Make one raw file safe: a pickle is written anew, a file of torch's is opened as PyG first tries to.

    PyG reads pickles as they are, and files of torch's too where reading them safely fails. Of an index it drops what
    stands after the last line's end.

    Raises
    ------
    MspeError
        If it could run code, is damaged or cut off, or unpacks to far more than its size.
    """
    refuse_special(path.resolve())
    if path.suffix == ".pt":
        _check_tensors(path.resolve())
    elif path.suffix == ".npz":  # numpy refuses the pickles in one
        check_archive(path.resolve())
    elif path.suffix not in _TEXT:
        rewrite_pickle(path)
    elif path.suffix == ".index" and not path.read_bytes().endswith(b"\n"):
        raise MspeError(f"{path.resolve()}: cut off, its last line has no end; take the published file")


def check_integers(path: Path, allowed: range) -> None:
    """Refuse a text file with an integer of which PyG would make a huge tensor, or that it would take for another.

    Parameters
    ----------
    path
        The file; what in it is no number is left to its reader.
    allowed
        What may stand there.

    Raises
    ------
    MspeError
        If anything else does.
    """
    for row, line in enumerate(path.read_bytes().splitlines(), start=1):
        for number in line.split(b","):
            try:
                value = float(number)
            except ValueError:
                continue
            if not allowed[0] <= value <= allowed[-1]:
                raise MspeError(
                    f"{path.resolve()}: line {row}: got {value:.15g}, allowed: {allowed[0]} to {allowed[-1]}; "
                    "take the published file"
                )


def _check_tensors(path: Path) -> None:
    check_archive(path)
    try:
        torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen types for a damaged archive
        raise MspeError(
            f"{path}: cannot be read safely (damaged, or holds more than tensors and plain values, which could run "
            "code); take the published file"
        ) from error


class _Checked(InMemoryDataset):
    def process(self) -> None:
        for path in sorted(map(Path, self.raw_paths), key=lambda path: path.suffix not in _TEXT):  # quick ones first
            make_safe(path)
        self._check_raw()
        super().process()

    def _check_raw(self) -> None:
        """Check files against one another, where they could claim too much together."""


class _NeverDownloaded:
    """Where files are missing, PyG is not to fetch them."""

    def download(self) -> None:
        raise OSError("the library downloads none of it")


class CheckedZINC(_Checked, ZINC):
    """ZINC of files that cannot run code."""


class CheckedPlanetoid(_Checked, Planetoid):
    """Planetoid of files that cannot run code, and name no more nodes than its graph has."""

    def _check_raw(self) -> None:
        paths = {path.name.split(".", 2)[-1]: path for path in map(Path, self.raw_paths)}
        check_integers(paths["test.index"], range(len(read_pickle(paths["graph"]))))


class CheckedHeterophilous(_Checked, HeterophilousGraphDataset):
    """Heterophilous graphs of files that name no more nodes than there are."""

    def _check_raw(self) -> None:
        path = Path(self.raw_paths[0])
        with np.load(path) as arrays:
            nodes, edges = len(arrays["node_labels"]), arrays["edges"]
        if edges.size and not 0 <= edges.min() <= edges.max() < nodes:
            raise MspeError(f"{path.resolve()}: edges name nodes outside 0 to {nodes - 1}; take the published file")


class CheckedLRGB(_Checked, LRGBDataset):
    """LRGB's datasets of files that cannot run code."""


class GivenLRGB(_NeverDownloaded, CheckedLRGB):
    """Those of LRGB's datasets that are read where they are, and never downloaded."""


class CheckedQM9(_NeverDownloaded, _Checked, QM9):
    """QM9 of a table with the columns, and as many rows as there are structures, that PyG takes for granted."""

    def read_titles(self) -> list[str]:
        """Return the name of each row of the table."""
        return [line.split(",", 1)[0] for line in read_text(self.raw_paths[1], _REMEDY).splitlines()[1:]]

    def _check_raw(self) -> None:
        structures, table, excluded = (Path(path) for path in self.raw_paths)
        columns = read_text(table, _REMEDY).partition("\n")[0].strip().split(",")
        expected = ["mol_id", *_CONSTANTS, *QM9_TARGETS[: -len(_CONSTANTS)]]
        if columns != expected:
            raise MspeError(
                f"{table.resolve()}: has the columns {shortened(','.join(columns))}, allowed: {','.join(expected)}; "
                "take the published file"
            )
        records, rows = structures.read_bytes().count(b"$$$$"), len(self.read_titles())
        if records != rows:
            raise MspeError(
                f"{structures.resolve()}: has {records} structures, but {table.name} has {rows} rows; take the "
                "published files"
            )
        last = read_text(excluded, _REMEDY).split("\n")[-2:]
        if any(line.strip()[:1].isdigit() for line in last):
            raise MspeError(
                f"{excluded.resolve()}: cut off, PyG would not read its last lines; take the published file"
            )


class CheckedGNNBenchmark(_Checked, GNNBenchmarkDataset):
    """Datasets of benchmarking-gnns of files that cannot run code."""


class CheckedTUDataset(_Checked, TUDataset):
    """Datasets of TU Dortmund's whose files name no more nodes, graphs and classes than there can be."""

    def _check_raw(self) -> None:
        for path in sorted(Path(self.raw_dir).glob(f"{self.name}_*.txt")):
            make_safe(path)
        nodes = len((Path(self.raw_dir) / f"{self.name}_graph_indicator.txt").read_bytes().splitlines())
        for name in ("A", "graph_indicator", "node_labels", "edge_labels"):
            path = Path(self.raw_dir) / f"{self.name}_{name}.txt"
            if path.exists():
                check_integers(path, _LABELS if name.endswith("labels") else range(1, nodes + 1))
