"""Which columns of a table are targets, and which says the part of the split."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import RejectedRows, Table, name_column, name_columns
from mspe.dataset.own.label_marks import say_marks
from mspe.dataset.own.split_column import check_split_column, find_split_column
from mspe.dataset.own.split_names import find_part, group_by_part
from mspe.dataset.own.target_cells import TargetCells, can_be_classes, hold_commas
from mspe.dataset.splits import Split
from mspe.graphs import SPLITS, TaskType
from mspe.graphs.validation import Problem
from mspe.tasks import Targets

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TargetColumns:
    """Columns of a table that hold the samples' targets, and perhaps the part of the split that each belongs to.

    Attributes
    ----------
    names, positions
        Of the target columns.
    readers
        Of each, how its cells are read.
    width
        Cells a row.
    split
        Position of the column that holds train, val or test.
    """

    names: list[str]
    positions: list[int]
    readers: list[TargetCells]
    width: int
    split: int | None = None

    @classmethod
    def choose(
        cls,
        table: Table,
        given: Sequence[str] | None,
        split_column: str,
        other: Sequence[str],
        task: TaskType | None,
        by_column: bool = True,
    ) -> "TargetColumns":
        """`choose_targets` of a table whose other columns are these and perhaps that of the split.

        Without `by_column` the split is made otherwise, and its column is ignored.

        Raises
        ------
        MspeError
            If the target columns are not clear, one holds numbers with commas, or a column looks like a split that
            cannot be read.
        """
        column = find_split_column(table, split_column, taken=(*other, *(given or ())))
        names = choose_targets(table, given, (*other, column))
        split = table.columns.index(column) if by_column and column in table.columns else None
        if by_column:
            check_split_column(table, column, split_column, (*other, *names))
        positions = [table.columns.index(name) for name in names]
        for name in names:
            check_commas(table, name)
        columns = [[row[place] for _, row in table.rows if place < len(row)] for place in positions]
        readers = [TargetCells.learn(cells, task, several=len(names) > 1) for cells in columns]
        for name, reader in zip(names, readers, strict=True):
            say_marks(reader.marks, f"{table.path}: column {name!r}")
            if reader.numeric and reader.spelling:
                logger.info("%s: column %r: words such as yes and no are read as 1 and 0", table.path, name)
        return cls(names, positions, readers, len(table.columns), split)

    def problem(self, row: Sequence[str], name: str) -> Problem | None:
        """Return why a row cannot be used, and what was found: none of its targets can, say; `name` is the sample's."""
        if len(row) != self.width:
            return Problem("wrong number of cells", f"{len(row)} instead of {self.width}")
        if self.positions and not any(self.cells(row)):
            problem = next(iter(self.cell_problems(row).values()), None)
            if problem is not None:
                return problem
            written = ", ".join(repr(text) for position in self.positions if (text := row[position].strip()))
            return Problem("no target", f"{name!r}{': ' * bool(written)}{written}")
        if self.split is not None and not self.part(row):
            return Problem("unknown split", f"{row[self.split]!r}, allowed: {', '.join(SPLITS)}")
        return None

    def cells(self, row: Sequence[str]) -> list[str]:
        """The targets of a row; empty where one is unknown, or cannot be used."""
        columns = zip(self.positions, self.readers, strict=True)
        return ["" if cells.find_problem(row[place]) else cells.read(row[place]) for place, cells in columns]

    def cell_problems(self, row: Sequence[str]) -> dict[str, Problem]:
        """Return by column why a target of a row cannot be used, and what stands there."""
        columns = zip(self.names, self.positions, self.readers, strict=True)
        problems = {name: cells.find_problem(row[position]) for name, position, cells in columns}
        return {name: problem for name, problem in problems.items() if problem is not None}

    def note_unknown(self, row: Sequence[str], place: str, unknown: RejectedRows) -> None:
        """Count the targets of a usable row that cannot be used."""
        for name, problem in self.cell_problems(row).items():
            unknown.add(f"{place}, column {name!r}" if len(self.names) > 1 else place, problem)

    def targets(
        self, rows: Sequence[Sequence[str]], lines: Sequence[int], task: TaskType | None, path: Path
    ) -> Targets:
        """The targets of usable rows and the lines where they stand; `task` is `dataset.task`.

        Raises
        ------
        MspeError
            If no task is set, and a column is one of text.
        """
        cells = [self.cells(row) for row in rows]
        columns = zip(self.names, self.readers, zip(*cells, strict=True), strict=True)
        for name, reader, column in columns if task is None else ():
            if not reader.numeric:
                check_words([word for word in column if word], name, path)
        return Targets.of_cells(cells, self.names, lines)

    def unused(self, table: Table, other: Sequence[str]) -> tuple[str, ...]:
        """The table's columns that are neither these, nor that of the split, nor the `other` ones."""
        taken = {*self.positions, self.split, *(table.columns.index(name) for name in other)}
        return tuple(name_column(name) for place, name in enumerate(table.columns) if place not in taken)

    def split_name(self, table: Table) -> str:
        """The column of the split, as the summary says it; empty where there is none."""
        return "" if self.split is None else f"column {table.columns[self.split]!r} of {table.path.name}"

    def part(self, row: Sequence[str]) -> str:
        """The part of the split that a row belongs to; empty where the table does not say."""
        return "" if self.split is None else find_part(row[self.split]) or ""

    def predefined_split(self, parts: Sequence[str]) -> Split | None:
        """`Samples.predefined_split` of samples that belong to these parts; None where the table does not say."""
        return None if self.split is None else group_by_part(parts)


def check_commas(table: Table, column: str) -> None:
    """Refuse a column of numbers with commas: of decimals or of thousands, which a table does not say.

    Raises
    ------
    MspeError
        If most of its cells are such numbers.
    """
    position = table.columns.index(column)
    cells = [(line, row[position]) for line, row in table.rows if position < len(row)]
    if hold_commas([cell for _, cell in cells]):
        line, cell = next((line, cell) for line, cell in cells if hold_commas([cell]))
        raise MspeError(
            f"{table.path}: line {line}: column {column!r} holds numbers with commas ({cell.strip()!r}); write a "
            "decimal point and thousands without a comma, and save the file again"
        )


def check_words(words: Sequence[str], column: str, path: Path) -> None:
    """Refuse a column of words that are no classes.

    Raises
    ------
    MspeError
        If they are text.
    """
    if not can_be_classes(words):
        raise MspeError(
            f"{path}: column {column!r} holds text, {len(set(words))} values in {len(words)} rows ({words[0]!r}, …): "
            "neither numbers nor classes; set dataset.target_columns to another, or dataset.task=classification if "
            "they are classes, two samples of each on average or more"
        )


def choose_targets(table: Table, given: Sequence[str] | None, other: Sequence[str]) -> list[str]:
    """The target columns: those given, else `target`, else the only column that is not among the `other` ones.

    Raises
    ------
    MspeError
        If they are not there, or it is not clear which they are.
    """
    if given:
        for name in given:
            table.position(name, "dataset.target_columns")
        if len(set(given)) < len(given):
            raise MspeError(
                f"{table.path}: dataset.target_columns names a column twice: {', '.join(given)}; once is enough"
            )
        return list(given)
    left = [name for name in table.columns if name not in other]
    if "target" in left:
        return ["target"]
    if len(left) == 1:
        return left
    raise MspeError(
        f"{table.path}: which column is the target? Set dataset.target_columns to one or more of "
        f"{name_columns(left or table.labels) or 'the columns; there is none left'}"
    )
