"""Encodings added to graphs that lie in files, for anyone's PyG code."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.files import refuse_existing
from mspe.common.section import validate
from mspe.common.tensor_files import write_tensors
from mspe.common.yaml_files import parse_yaml
from mspe.dataset import DATASETS, get_dataset
from mspe.dataset.own.saved_graphs import load_graphs
from mspe.encodings import (
    ENCODINGS,
    AddMultiScalePE,
    EncodingParams,
    EncodingSet,
    Filter,
    GraphStatistics,
    compute_spectrum,
)
from mspe.encodings.config import default_params, read_bank
from mspe.encodings.plot import plot_bank
from mspe.graphs import PackedGraphs
from mspe.pipeline.prediction import molecule_samples
from mspe.pipeline.trained_model import TrainedModel


def read_input(source: str, root: str = "data/raw", smiles_column: str = "smiles") -> dict[str, list[Data]]:
    """Read the graphs of a dataset, or of a file.

    Parameters
    ----------
    source
        A dataset's name, as `list_datasets` has it; a `.pt` file of PyG graphs; or a CSV, `.smi` or SD file of
        molecules.
    root
        Where a dataset's raw files lie.
    smiles_column
        Of a CSV file.

    Returns
    -------
    dict
        By split of a dataset; by an empty name of a file.

    Raises
    ------
    MspeError
        If there is no such dataset or file, or a row of it makes no graph.
    """
    if source in DATASETS:
        dataset = get_dataset(source, root=root)
        return dict(zip(("train", "val", "test"), map(list, dataset.get_splits()), strict=True))
    if not Path(source).is_file():
        raise MspeError(f"{source}: neither a file nor a dataset; `mspe datasets` lists those")
    return {"": read_file(source, smiles_column)}


def read_file(source: str, smiles_column: str = "smiles") -> list[Data]:
    """Read the graphs of a file as `read_input` does.

    Raises
    ------
    MspeError
        If there is no such file, or a row of it makes no graph.
    """
    if not Path(source).is_file():
        raise MspeError(f"{source}: no such file; give PyG graphs (.pt) or molecules (.csv, .smi, .sdf)")
    if Path(source).suffix.lower() == ".pt":
        return [Data.from_dict(attributes) for attributes in load_graphs(Path(source))]
    samples = molecule_samples(source, smiles_column)
    for sample in samples:
        if sample.graph is None:
            raise MspeError(f"{source}: {sample.reason}; correct the row, or leave it out")
    return [sample.graph for sample in samples if sample.graph is not None]


def write_encoded(
    parts: Mapping[str, Sequence[Data]], add: AddMultiScalePE, output: str | Path, overwrite: bool = False
) -> dict[str, int]:
    """Add encodings to graphs and write them as lists of PyG graphs, which `torch.load` reads.

    Parameters
    ----------
    parts
        As `read_input` gives them.
    add
        The transform that adds them.
    output
        Of a file: a file; of a dataset: a folder, which holds `<split>.pt`.
    overwrite
        Whether files that are there already are replaced.

    Returns
    -------
    dict
        How many graphs each file has, by its path.

    Raises
    ------
    MspeError
        If a file is there already, and may not be replaced; then none is written.
    """
    files = {Path(output, f"{name}.pt") if name else Path(output): graphs for name, graphs in parts.items()}
    if not overwrite:
        for path in files:
            refuse_existing(path)
    for path, graphs in files.items():
        write_tensors(path, [add(graph) for graph in graphs])
    return {str(path): len(graphs) for path, graphs in files.items()}


def plot_graph(graphs: Sequence[Data], number: int, bank: EncodingSet, path: str | Path, source: int | None) -> None:
    """Draw a bank's channels on one of some graphs, numbered from 0; as `plot_bank`.

    Raises
    ------
    MspeError
        If there is no such graph, or nothing to draw.
    """
    if number >= len(graphs):
        raise MspeError(f"--graph: got {number}, allowed: 0 to {len(graphs) - 1}")
    plot_bank(graphs[number], bank, path, source)


def choose_bank(preset: str, bank: str | None, checkpoint: str | None) -> EncodingSet:
    """Return the encodings of a trained model, else of a `bank.json`, else of a preset.

    Raises
    ------
    MspeError
        If the file cannot be read, or there is no such preset.
    """
    if checkpoint is not None:
        return TrainedModel.load(checkpoint, "cpu").bank
    return EncodingSet.from_config(read_bank(bank) if bank is not None else preset)


def resolve_encodings(given: Sequence[str], graphs: Sequence[Data]) -> EncodingSet:
    """Return encodings by name, with what `auto` stands for read off some graphs.

    Parameters
    ----------
    given
        `NAME` or `NAME=VALUE`, the value as in `params.yaml`: `heat=[0.5, 8]`; without one, defaults.
    graphs
        Those of training, or all.

    Raises
    ------
    MspeError
        If an encoding is unknown, or a parameter is not allowed.

    Examples
    --------
    >>> import torch
    >>> edge = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=2)
    >>> resolve_encodings(["heat=[0.5, 8]", "degree"], [edge]).node_channels
    ['heat(0.5)', 'heat(8)', 'degree']
    """
    if not graphs:
        raise MspeError("--encoding: got no graphs to read scales off; give at least one")
    filters: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        place = filters if issubclass(ENCODINGS[name], Filter) else others
        place[name] = parse_yaml(value, f"--encoding {one}") if equals else default_params(ENCODINGS[name])
    params = validate(EncodingParams, {"filters": filters, **others}, "--encoding")
    packed = [PackedGraphs.from_structure(graph) for graph in graphs]
    spectra = [compute_spectrum(one, backend="auto") for one in packed]
    statistics = GraphStatistics.of(spectra, max(graph.num_nodes for graph in graphs), lambda: packed)
    return EncodingSet.from_config(params.resolve(statistics))
