"""Datasets by name, each as packed graphs in three splits."""

from pathlib import Path
from typing import Any

from mspe.common.section import validate
from mspe.dataset.base import GraphDataset
from mspe.dataset.config import DatasetParams
from mspe.dataset.registry import DATASETS

__all__ = ["DATASETS", "DatasetParams", "GraphDataset", "get_dataset", "load_dataset"]


def get_dataset(name: str, root: str | Path = "data/raw", **options: Any) -> GraphDataset:
    """Load a dataset.

    Parameters
    ----------
    name
        `nci` (embedded, no download) or `zinc`.
    root
        The folder that holds one folder of raw files a source, as PyG lays it out (``<root>/ZINC/raw``); the
        environment variable `MSPE_DATA`, where set, wins over it. It is never written into.
    **options
        The other keys of the section `dataset` of `params.yaml`: `limit`, `split_seed`.

    Raises
    ------
    MspeError
        If the name or an option is unknown, or the raw files are neither there nor downloadable.

    Examples
    --------
    >>> dataset = get_dataset("nci", limit=20)
    >>> dataset.task_type, dataset.node_features, [len(split) for split in dataset.get_splits()]
    ('regression', 'categorical', [20, 20, 20])
    """
    return load_dataset(validate(DatasetParams, {"name": name, "root": str(root), **options}, "get_dataset"))


def load_dataset(params: DatasetParams, num_workers: int = 0) -> GraphDataset:
    """Load the dataset that a section `dataset` describes, with at most so many processes (0: one a core)."""
    return DATASETS[params.name](params, num_workers)
