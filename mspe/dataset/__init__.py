"""Datasets by name, each as packed graphs in three splits."""

from pathlib import Path
from typing import Any

from mspe.common.section import validate
from mspe.dataset.assemble import assemble
from mspe.dataset.base import GraphDataset
from mspe.dataset.config import DatasetParams
from mspe.dataset.from_source import unsplit_graphs, unsplit_source
from mspe.dataset.registry import DATASETS, read_samples, register_dataset
from mspe.dataset.spec import DatasetSpec
from mspe.dataset.unsplit import Division, UnsplitDataset

__all__ = [
    "DATASETS",
    "DatasetParams",
    "DatasetSpec",
    "Division",
    "GraphDataset",
    "UnsplitDataset",
    "get_dataset",
    "list_datasets",
    "load_dataset",
    "read_unsplit",
    "register_dataset",
    "unsplit_graphs",
    "unsplit_source",
]


def get_dataset(name: str, root: str | Path = "data/raw", **options: Any) -> GraphDataset:
    """Load a dataset.

    Parameters
    ----------
    name
        One of `list_datasets`.
    root
        The folder that holds one folder of raw files a source, as PyG lays it out (``<root>/ZINC/raw``). It is never
        written into. The environment variable `MSPE_DATA` stands in for the default, and for a folder that lacks the
        source.
    **options
        The other keys of the section `dataset` of `params.yaml`: `limit`, `split`, `split_seed`, `fold`, `path`, ….

    Raises
    ------
    MspeError
        If the name or an option is unknown, the raw files are neither there nor downloadable, or they cannot be used.

    Examples
    --------
    >>> dataset = get_dataset("nci", limit=20)
    >>> dataset.task_type, dataset.node_features, [len(split) for split in dataset.get_splits()]
    ('regression', 'categorical', [20, 20, 20])
    """
    return load_dataset(validate(DatasetParams, {"name": name, "root": str(root), **options}, "get_dataset"))


def load_dataset(params: DatasetParams, num_workers: int = 1, kept: Path | None = None) -> GraphDataset:
    """Load the dataset that a section `dataset` describes.

    Parameters
    ----------
    params
        The section.
    num_workers
        Processes at most; 0: one per core.
    kept
        A folder where molecules of a table are stored as they are read: an interrupted reading is resumed there. None:
        they are read in memory.

    Raises
    ------
    MspeError
        If the dataset is unknown or lacks what is asked for, or its files cannot be read.
    """
    return assemble(*read_samples(params, num_workers, kept), params, num_workers)


def read_unsplit(params: DatasetParams, num_workers: int = 1) -> UnsplitDataset:
    """Read all graphs of the dataset that a section `dataset` describes, of which each seed may draw its own split.

    Raises
    ------
    MspeError
        As `load_dataset` does.
    """
    return UnsplitDataset.build(*read_samples(params, num_workers), params, num_workers)


def list_datasets() -> list[DatasetSpec]:
    """Return every dataset: its graphs, target, task, metric, splits, origin, licence and citation.

    Examples
    --------
    >>> next(spec.graphs for spec in list_datasets() if spec.name == "csl")
    '150 graphs, 41 nodes'
    """
    return list(DATASETS.values())
