"""Labelled molecules and graphs of a file, as a trained model scores them."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.own.molecule_csv import read_molecules
from mspe.graphs import PackedGraphs
from mspe.pipeline.encoding import read_file
from mspe.pipeline.trained_model import TrainedModel
from mspe.tasks import SingleLabel


def read_labelled(
    trained: TrainedModel, path: str, target_columns: Sequence[str] | None = None, smiles_column: str = "smiles"
) -> PackedGraphs | list[Data]:
    """Return what `TrainedModel.evaluate` takes of a file; rows without use are left out and counted in the log.

    Parameters
    ----------
    trained
        The model, whose task, targets and classes the file is to have.
    path
        PyG graphs with targets `y` (`.pt`), or molecules (`.csv`, `.smi`, `.sdf`) with a column per target.
    target_columns
        Of molecules; None: the targets' names where the model knows several, else `target`, else the only column left.
    smiles_column
        Of a table.

    Raises
    ------
    MspeError
        If there is no such file or column, a graph has no `y`, or the targets are not those of the model.
    """
    if Path(path).suffix.lower() == ".pt":
        return _read_graphs(path)
    schema = trained.schema
    if schema.target_level != "graph":
        raise MspeError(f"{path}: {trained.path} scores {schema.target_level}s, allowed: graphs with targets (.pt)")
    single = isinstance(trained.task, SingleLabel)
    columns = tuple(target_columns or (() if single else schema.classes)) or None
    samples = read_molecules(path, smiles_column, columns, by_column=False, task=trained.task.type)
    assert isinstance(samples.graphs, PackedGraphs)  # in memory, since no folder keeps them
    targets = samples.graphs.fields["y"]
    if single and isinstance(samples.task, SingleLabel):
        return samples.graphs.with_targets(_renumber(targets, samples.classes, trained.output_names, path))
    _check_columns(trained, targets, tuple(samples.classes), path)
    return samples.graphs.with_targets(targets)


def _read_graphs(path: str) -> list[Data]:
    graphs = read_file(path)
    for number, graph in enumerate(graphs):
        if graph.y is None:
            raise MspeError(f"{path}: graph {number} has no target y; add it, or use `mspe predict`")
    return graphs


def _renumber(numbers: Tensor, names: Sequence[str], known: Sequence[str], path: str) -> Tensor:
    """Classes by the model's numbers instead of those of a file."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise MspeError(
            f"{path}: holds the class {unknown[0]!r}, the model was trained on {', '.join(known)}; correct it, or "
            "leave these rows out"
        )
    return torch.tensor([known.index(name) for name in names])[numbers]


def _check_columns(trained: TrainedModel, targets: Tensor, names: tuple[str, ...], path: str) -> None:
    """See that there is a column for each target of the model, in its order where it knows several by name."""
    count, known = trained.schema.num_classes, trained.schema.classes
    if targets.size(1) != count or (count > 1 and known and names != known):
        raise MspeError(
            f"{path}: got the targets {', '.join(names) or targets.size(1)}, {trained.path} was trained on {count}: "
            f"{', '.join(trained.output_names)}; name a column for each, in this order"
        )
