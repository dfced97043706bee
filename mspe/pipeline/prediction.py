"""Tables of predictions for new molecules and graphs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import Table
from mspe.dataset.own.molecule_table import read_molecule_table
from mspe.dataset.own.saved_graphs import load_graphs
from mspe.graphs.clean_graph import usable_graph
from mspe.graphs.molecules import BLANKS, describe_problem, molecule_structure
from mspe.graphs.validation import Problem
from mspe.pipeline.trained_model import TrainedModel


@dataclass(frozen=True)
class Sample:
    """Sample to be predicted.

    Attributes
    ----------
    name
        For errors.
    graph, reason
        Its graph, or the reason why there is none.
    cells
        What the table of predictions shows of it, by column: all that its file's row has.
    """

    name: str
    graph: Data | None
    reason: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


def read_samples(path: str | Path, smiles_column: str = "smiles") -> list[Sample]:
    """Read the graphs of a `.pt` file, or the molecules of any other."""
    return graph_samples(path) if Path(path).suffix.lower() == ".pt" else molecule_samples(path, smiles_column)


def molecule_samples(path: str | Path, smiles_column: str = "smiles") -> list[Sample]:
    """Return the molecules of a table, a `.smi` or an SD file; one that makes no graph has a reason.

    Raises
    ------
    MspeError
        If the file is missing or no table, has no such column, or a row has more cells than there are columns.
    """
    table = read_molecule_table(path)
    place = table.position(smiles_column, "--smiles-column")
    samples = []
    for line, row in table.rows:
        cells = _name_cells(table, line, row)
        name = list(cells.values())[place].strip(BLANKS)
        problem = table.problems.get(line) or describe_problem(name)
        samples.append(Sample(name, None if problem else molecule_structure(name), str(problem or ""), cells))
    return samples


def _name_cells(table: Table, line: int, row: Sequence[str]) -> dict[str, str]:
    """A row by column; cells that it lacks at its end are empty."""
    width = len(table.columns)
    if any(cell.strip() for cell in row[width:]):
        raise MspeError(
            f"{table.path}: {table.unit} {line}: {len(row)} cells under {width} columns; quote those with a comma"
        )
    return dict(zip(table.columns, [*row[:width], *[""] * (width - len(row))], strict=True))


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
        graph, name = usable_graph(inputs), str(number)
        if isinstance(graph, Problem):
            samples.append(Sample(name, None, str(graph), {"name": name}))
        else:
            samples.append(Sample(name, graph, cells={"name": name}))
    return samples


def predict(trained: TrainedModel, samples: Sequence[Sample], batch_size: int = 64) -> dict[str, list[Any]]:
    """Predict every sample that has a graph, or every node of these graphs.

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
        A row per sample or, of a model of nodes, per node, numbered by `node` within its graph; a sample without a
        graph has one row. Columns of the samples' file, `name` for graphs; `prediction`, in the target's units or the
        class's name, and of classes `probability`; of several targets `prediction_0`, … or by their names; `reason`,
        empty where there is a prediction.

    Raises
    ------
    MspeError
        If the model scores edges, or was trained on other features, or the file has a column of such a name.
    """
    prediction = trained.predict([sample.graph for sample in samples if sample.graph is not None], batch_size)
    given: list[str] = list(samples[0].cells) if samples else []
    by_node = trained.schema.target_level == "node"
    rows = [(sample, node) for sample in samples for node in range(_num_rows(sample, by_node))]
    columns: dict[str, list[Any]] = {}
    if by_node:
        columns["node"] = [None if sample.graph is None else node for sample, node in rows]
    for name, values in trained.task.columns(prediction, trained.output_names).items():
        known = iter(values)
        columns[name] = [None if sample.graph is None else next(known) for sample, _ in rows]
    columns["reason"] = [sample.reason for sample, _ in rows]
    for name in given:
        if name in columns:
            raise MspeError(f"the input has a column {name!r}, as the predictions have: {', '.join(columns)}; rename")
    return {**{name: [sample.cells[name] for sample, _ in rows] for name in given}, **columns}


def _num_rows(sample: Sample, by_node: bool) -> int:
    return int(sample.graph.num_nodes) if by_node and sample.graph is not None else 1
