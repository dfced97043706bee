"""PyG's datasets whose raw files are made safe before PyG opens them."""

from pathlib import Path

import torch
from torch_geometric.data import InMemoryDataset
from torch_geometric.datasets import ZINC, GNNBenchmarkDataset, LRGBDataset, Planetoid

from mspe.common.errors import MspeError
from mspe.common.safe_pickle import rewrite_pickle
from mspe.common.unpacking import check_archive, refuse_special

_TEXT = {".index", ".txt", ".csv"}


def make_safe(path: Path) -> None:
    """Make one raw file safe: a pickle is written anew, a file of torch's is opened as PyG first tries to.

    PyG reads pickles as they are, and files of torch's too where reading them safely fails.

    Raises
    ------
    MspeError
        If it could run code, is damaged, or unpacks to far more than its size.
    """
    refuse_special(path.resolve())
    if path.suffix == ".pt":
        _check_tensors(path.resolve())
    elif path.suffix not in _TEXT:
        rewrite_pickle(path)


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
        for path in self.raw_paths:
            make_safe(Path(path))
        super().process()


class CheckedZINC(_Checked, ZINC):
    """ZINC of files that cannot run code."""


class CheckedPlanetoid(_Checked, Planetoid):
    """Planetoid of files that cannot run code."""


class CheckedLRGB(_Checked, LRGBDataset):
    """LRGB's datasets of files that cannot run code."""


class CheckedGNNBenchmark(_Checked, GNNBenchmarkDataset):
    """Datasets of benchmarking-gnns of files that cannot run code."""
