"""Data as a user has them, in memory, in a file, or by a dataset's name, before they are split."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.section import validate
from mspe.dataset.config import DatasetParams
from mspe.dataset.own.in_memory import read_graphs
from mspe.dataset.own.pt_files import read_graph_files
from mspe.dataset.registry import DATASETS, check_fits, read_samples
from mspe.dataset.unsplit import UnsplitDataset

_OF_FILES = ("target_columns", "task", "positive_class", "smiles_column")
_DEFAULTS = {key: DatasetParams.model_fields[key].default for key in _OF_FILES}
_TABLES = {".csv", ".smi", ".sdf", ".gz", ".txt", ".tsv"}


def unsplit_graphs(graphs: Iterable[Data], **options: Any) -> UnsplitDataset:
    """Read a list or a dataset of PyG graphs with targets `y`.

    Parameters
    ----------
    graphs
        PyG `Data`; none of them is changed. Attributes that are not read are named in the log.
    **options
        Keys of the section `dataset` that graphs have: `task`, `split`, `split_seed`, `limit`, `positive_class`.

    Raises
    ------
    MspeError
        If a graph is no `Data`, most differ in their features, none can be used, or the targets do not fit the task.

    Examples
    --------
    >>> import torch
    >>> edge = torch.tensor([[0, 1], [1, 0]])
    >>> dataset = unsplit_graphs([Data(edge_index=edge, num_nodes=2, y=torch.tensor([n / 2])) for n in range(20)])
    >>> [len(part) for part in dataset.divide(seed=0).positions.values()]
    [16, 2, 2]
    """
    params = _params("graphs", options)
    return UnsplitDataset.build(DATASETS["graphs"], read_graphs(graphs, params), params)


def unsplit_source(source: str | Path, **options: Any) -> UnsplitDataset:
    """Read a dataset by its name, or the molecules or graphs at a path.

    Parameters
    ----------
    source
        A dataset's name, as `list_datasets` has it; a file of molecules (`.csv`, `.smi`, `.sdf`); a `.pt` file of PyG
        graphs, or a folder of them or of tables.
    **options
        Keys of the section `dataset`: `target_columns`, `task`, `split`, `limit`, `root`, ….

    Raises
    ------
    MspeError
        If there is no such dataset or file, an option is unknown, or the data cannot be used.

    Examples
    --------
    >>> len(unsplit_source("csl").graphs)
    150
    """
    path = Path(source)
    if str(source) in DATASETS:
        _refuse_options_of_files(str(source), options)
        params = _params(str(source), options)
    elif path.is_dir():
        params = _params("graphs", {**options, "path": str(path)})
    elif path.is_file() and path.suffix.lower() == ".pt":
        params = _params("graphs", {**options, "path": str(path)})
        return UnsplitDataset.build(DATASETS["graphs"], read_graph_files(path.parent, [path], params), params)
    elif path.is_file() and path.suffix.lower() in _TABLES:
        params = _params("smiles", {**options, "path": str(path)})
    else:
        raise MspeError(
            f"{source}: neither a dataset nor a file of molecules (.csv, .smi, .sdf) or graphs (.pt, a folder); "
            "`mspe datasets` lists the datasets"
        )
    return UnsplitDataset.build(*read_samples(params), params)


def _refuse_options_of_files(name: str, options: Mapping[str, Any]) -> None:
    """Refuse what only a user's own data can be asked for: of a dataset it would be ignored."""
    given = [key for key in _OF_FILES if options.get(key) is not None and options[key] != _DEFAULTS[key]]
    if DATASETS[name].has_target_columns and "target_columns" in given:
        given.remove("target_columns")
    if given and (DATASETS[name].task is not None or DATASETS[name].embedded):
        raise MspeError(
            f"dataset: got {', '.join(given)}, allowed for {name}: none of {', '.join(_OF_FILES)}, since its target is "
            "its own; leave it out"
        )


def _params(name: str, options: dict[str, Any]) -> DatasetParams:
    params = validate(DatasetParams, {**options, "name": name}, "dataset")
    check_fits(params)
    return params
