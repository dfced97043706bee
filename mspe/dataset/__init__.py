"""Datasets by name, each as packed graphs in three splits."""

from pathlib import Path
from typing import Any

from mspe.common.section import validate
from mspe.dataset.assemble import assemble
from mspe.dataset.base import GraphDataset
from mspe.dataset.config import DatasetParams
from mspe.dataset.registry import DATASETS
from mspe.dataset.source import Source

__all__ = ["DATASETS", "DatasetParams", "GraphDataset", "Source", "get_dataset", "list_datasets", "load_dataset"]


def get_dataset(name: str, root: str | Path = "data/raw", **options: Any) -> GraphDataset:
    """Load a dataset.

    Parameters
    ----------
    name
        One of `list_datasets`.
    root
        The folder that holds one folder of raw files a source, as PyG lays it out (``<root>/ZINC/raw``); the
        environment variable `MSPE_DATA`, where set, wins over it. It is never written into.
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


def load_dataset(params: DatasetParams, num_workers: int = 1) -> GraphDataset:
    """Load the dataset that a section `dataset` describes, with at most so many processes (0: one a core).

    Several processes import the calling script anew, which then needs ``if __name__ == "__main__"``.
    """
    source = DATASETS[params.name]
    return assemble(source, source.read(params), params, num_workers)


def list_datasets() -> list[Source]:
    """Every dataset: its graphs, target, task, metric, splits, origin, licence and citation.

    Examples
    --------
    >>> next(source.graphs for source in list_datasets() if source.name == "csl")
    '150 graphs, 41 nodes'
    """
    return list(DATASETS.values())
