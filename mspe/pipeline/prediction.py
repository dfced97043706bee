"""Tables of predictions for new molecules and graphs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from mspe.dataset.own.csv_table import read_table
from mspe.dataset.own.pt_files import load_graphs
from mspe.graphs.clean_graph import clean_graph
from mspe.graphs.molecules import describe_problem, molecule_structure
from mspe.graphs.validation import find_problem
from mspe.pipeline.trained_model import TrainedModel


@dataclass(frozen=True)
class Sample:
    """Sample to be predicted: its name, and its graph, or the reason why there is none."""

    name: str
    graph: Data | None
    reason: str = ""


def read_samples(path: str | Path, smiles_column: str = "smiles") -> list[Sample]:
    """Read the graphs of a `.pt` file, or the molecules of any other, which is taken for a CSV file."""
    return graph_samples(path) if Path(path).suffix == ".pt" else molecule_samples(path, smiles_column)


def molecule_samples(path: str | Path, smiles_column: str = "smiles") -> list[Sample]:
    """Return the molecules of a CSV file, named by their SMILES; one that makes no graph has a reason.

    Raises
    ------
    MspeError
        If the file is missing or no table, or has no such column.
    """
    table = read_table(path)
    place = table.position(smiles_column, "--smiles-column")
    names = [row[place].strip() if place < len(row) else "" for _, row in table.rows]
    reasons = [describe_problem(name) or "" for name in names]
    return [
        Sample(name, None if reason else molecule_structure(name), reason)
        for name, reason in zip(names, reasons, strict=True)
    ]


def graph_samples(path: str | Path) -> list[Sample]:
    """Return the graphs of a `.pt` file, named by their number; one that cannot be used has a reason.

    Raises
    ------
    MspeError
        If the file is damaged, holds anything else, or would execute code.
    """
    samples = []
    for number, attributes in enumerate(load_graphs(Path(path))):
        inputs = {name: value for name, value in attributes.items() if name != "y"}
        graph = clean_graph(inputs, f"{path}: graph {number}")
        problem = find_problem(graph)
        samples.append(Sample(str(number), None if problem else graph, str(problem or "")))
    return samples


def predict(trained: TrainedModel, samples: Sequence[Sample], batch_size: int = 64) -> dict[str, list[Any]]:
    """Predict every sample that has a graph.

    Parameters
    ----------
    trained
        The model.
    samples
        What to predict.
    batch_size
        Graphs per batch.

    Returns
    -------
    dict
        Columns `name`; `prediction`, in the target's units or the class's name, and of classes `probability`; of
        several targets `prediction_0`, … or by their names; `reason`, empty where there is a prediction.

    Raises
    ------
    MspeError
        If the model scores nodes or edges, or was trained on other features.
    """
    prediction = trained.predict([sample.graph for sample in samples if sample.graph is not None], batch_size)
    columns: dict[str, list[Any]] = {"name": [sample.name for sample in samples]}
    for name, values in trained.task.columns(prediction, trained.output_names).items():
        known = iter(values)
        columns[name] = [None if sample.graph is None else next(known) for sample in samples]
    return {**columns, "reason": [sample.reason for sample in samples]}
