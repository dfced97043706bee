"""Molecules in a table, or what is read as one: a SMILES column, target columns, and perhaps a split."""

import logging
from dataclasses import replace
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import RejectedRows, Table, describe_dropped
from mspe.dataset.own.molecule_table import read_molecule_table
from mspe.dataset.own.target_columns import TargetColumns
from mspe.dataset.spec import Samples
from mspe.graphs import TaskType
from mspe.graphs.molecule_packing import PackedMolecules, pack_molecules, read_smiles
from mspe.graphs.molecules import BLANKS
from mspe.graphs.validation import Problem
from mspe.tasks import infer_task

logger = logging.getLogger(__name__)


def read_molecules(
    path: str | Path,
    smiles_column: str = "smiles",
    target_columns: tuple[str, ...] | None = None,
    split_column: str = "split",
    task: TaskType | None = None,
    strict: bool = False,
    by_column: bool = True,
    positive_class: str | None = None,
    num_workers: int = 1,
    kept: Path | None = None,
) -> Samples:
    """Read molecules with their targets; a row that cannot be used is left out and counted.

    Parameters
    ----------
    path
        Of the file.
    smiles_column, target_columns, split_column, task, strict, positive_class
        As the section `dataset` has them.
    by_column
        Whether the split is that of its column, where there is one.
    num_workers, kept
        As `mspe.graphs.molecule_packing.read_smiles` has them.

    Raises
    ------
    MspeError
        If the file is missing, empty or no table, a column is missing, no row can be used, or, with `strict`, for the
        first row that cannot.
    """
    table = read_molecule_table(path)
    place = table.position(smiles_column, "dataset.smiles_column")
    taken = (smiles_column, *table.labels)
    columns = TargetColumns.choose(table, target_columns, split_column, taken, task, by_column)
    problems, molecules = _read_rows(table, place, columns, num_workers, kept)
    rejected, unknown = (RejectedRows(table.path, strict) for _ in range(2))
    smiles: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    for (line, row), problem in zip(table.rows, problems, strict=True):
        if problem is not None:
            rejected.add(f"{table.unit} {line}", problem)
            continue
        columns.note_unknown(row, f"{table.unit} {line}", unknown)
        smiles.append(row[place].strip(BLANKS))
        rows.append(row)
        lines.append(line)
    dropped = rejected.dropped()
    if not smiles:
        reasons = describe_dropped(dropped)
        raise MspeError(f"{table.path}: no usable row ({reasons}); correct the rows, or name other columns")
    inchis = sum(text.startswith("InChI=") for text in smiles)
    if inchis:
        logger.info("%s: %d of %d molecules are given as InChI", table.path, inchis, len(smiles))
    targets = replace(columns.targets(rows, lines, task, table.path), positive=positive_class)
    inferred, values, classes = infer_task(targets, task, str(table.path), "graph")
    targets_of_graphs = values.float() if values.is_floating_point() else values.long()
    return Samples(
        items=smiles,
        graphs=molecules.graphs.with_targets(targets_of_graphs),
        identities=molecules.identities,
        predefined_split=columns.predefined_split([columns.part(row) for row in rows]),
        labels=inferred.labels(values),
        smiles=smiles,
        dropped=dropped,
        classes=classes,
        task=inferred,
        account=(rejected.account(len(table.rows), len(smiles)), *unknown.unknown()),
        unused=columns.unused(table, (smiles_column,)),
        split_from=columns.split_name(table),
    )


def _read_rows(
    table: Table, place: int, columns: TargetColumns, num_workers: int, kept: Path | None
) -> tuple[list[Problem | None], PackedMolecules]:
    """By row, why it cannot be used, None where it can; and the molecules of those that can."""
    problems = [
        table.problems.get(line) or columns.problem(row, row[place] if place < len(row) else "")
        for line, row in table.rows
    ]
    chosen = [number for number, problem in enumerate(problems) if problem is None]
    texts = [table.rows[number][1][place] for number in chosen]
    molecules = read_smiles(texts, num_workers, kept) if texts else pack_molecules([])
    for position, problem in molecules.problems.items():
        problems[chosen[position]] = problem
    return problems, molecules
