"""Predictions of a checkpoint for new molecules or graphs; no other file is needed.

python -m mspe.predict models/0/best.pt molecules.csv --output predictions.csv
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.files import read_tensors, write_csv
from mspe.common.section import validate
from mspe.dataset.features import FeatureTable
from mspe.dataset.readers.graph_files import load_graphs
from mspe.dataset.readers.graph_form import clean_graph, structure_problem
from mspe.dataset.readers.molecules import describe_problem, molecule_structure
from mspe.dataset.readers.table import read_table
from mspe.graphs import GraphLoader, GraphSchema, PackedGraphs
from mspe.models import load_model
from mspe.tasks import task_of
from mspe.training.device import Precision, get_device
from mspe.training.loops import Scored, predict_batches


@dataclass(frozen=True)
class Sample:
    """What is to be predicted: its name, and its graph, or the reason why there is none."""

    name: str
    graph: Data | None
    reason: str = ""


def read_molecules(path: str | Path, smiles_column: str = "smiles") -> list[Sample]:
    """The molecules of a CSV file, named by their SMILES; one that makes no graph has a reason.

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


def read_graphs(path: str | Path) -> list[Sample]:
    """The graphs of a `.pt` file, named by their number; one that cannot be used has a reason.

    Raises
    ------
    MspeError
        If the file is damaged, holds anything else, or would execute code.
    """
    samples = []
    for number, attributes in enumerate(load_graphs(Path(path))):
        inputs = {name: value for name, value in attributes.items() if name != "y"}
        graph = clean_graph(inputs, f"{path}: graph {number}")
        problem = structure_problem(graph)
        samples.append(Sample(str(number), None if problem else graph, ": ".join(problem or ())))
    return samples


def predict(
    checkpoint: str | Path, samples: Sequence[Sample], device: str | torch.device = "auto", batch_size: int = 64
) -> dict[str, list[Any]]:
    """Predict every sample that has a graph.

    Parameters
    ----------
    checkpoint
        That the train stage wrote: it carries the model with its bank, the vocabularies, and scaling.
    samples
        What to predict.
    device, batch_size
        How to run.

    Returns
    -------
    dict
        Columns `name`; `prediction`, in the target's units or the class's name, and of classes `probability`; of
        several targets `prediction_0`, … or by their names; `reason`, empty where there is a prediction.

    Raises
    ------
    MspeError
        If the checkpoint is damaged, scores nodes or edges, or was trained on other features.
    """
    schema = validate(GraphSchema, read_tensors(checkpoint)["metadata"]["schema"], str(checkpoint))
    if schema.target_level != "graph":
        raise MspeError(f"{checkpoint}: scores one {schema.target_level} a row, allowed: a model of whole graphs")
    model, device = load_model(checkpoint), get_device(device)
    graphs = [sample.graph for sample in samples if sample.graph is not None]
    prediction = torch.empty(0, schema.num_classes)
    if graphs:
        loader = GraphLoader(_prepared(graphs, schema), batch_size)
        batches = predict_batches(model.to(device), loader, device, Precision(False, device))
        prediction = Scored.joined(batches).prediction
    columns: dict[str, list[Any]] = {"name": [sample.name for sample in samples]}
    names = schema.classes or tuple(str(number) for number in range(schema.num_classes))
    for name, values in task_of(schema).columns(prediction, names).items():
        known = iter(values)
        columns[name] = [None if sample.graph is None else next(known) for sample in samples]
    return {**columns, "reason": [sample.reason for sample in samples]}


def _prepared(graphs: Sequence[Data], schema: GraphSchema) -> PackedGraphs:
    """The graphs with their features numbered and scaled as in training."""
    packed = PackedGraphs.from_list(graphs, {"x": "node", "edge_attr": "edge", "edge_weight": "edge"})
    for name, table in (("x", FeatureTable.of_nodes(schema)), ("edge_attr", FeatureTable.of_edges(schema))):
        table.check(packed.fields.get(name), name)
        packed = table.apply(packed, name)
    return packed


def main() -> int:
    """Read, predict, write; 1 where `--strict` met a sample without a prediction."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help="a file that the train stage wrote: models/<seed>/best.pt")
    parser.add_argument("input", type=Path, help="a CSV file with a column of SMILES, or a .pt file of PyG graphs")
    parser.add_argument("--output", default="predictions.csv", help="the table of predictions (default: %(default)s)")
    parser.add_argument("--smiles-column", default="smiles")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:<number>")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a sample could not be predicted")
    arguments = parser.parse_args()
    by_graph = arguments.input.suffix == ".pt"
    samples = read_graphs(arguments.input) if by_graph else read_molecules(arguments.input, arguments.smiles_column)
    write_csv(arguments.output, predict(arguments.checkpoint, samples, arguments.device))
    failed = sum(sample.graph is None for sample in samples)
    without = f", and a reason for each of {failed} without one" if failed else ""
    print(f"{arguments.output}: {len(samples) - failed} predictions{without}")
    return int(arguments.strict and failed > 0)
