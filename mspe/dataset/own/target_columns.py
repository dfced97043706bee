"""Which columns of a table are targets, and which says the part of the split."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import Table, name_columns
from mspe.dataset.own.split_names import COLUMNS, find_part, group_by_part
from mspe.dataset.own.target_cells import check_classes, clean_cell, find_cell_problem, holds_numbers
from mspe.dataset.splits import Split
from mspe.graphs import SPLITS, TaskType
from mspe.graphs.validation import Problem
from mspe.tasks import Targets, get_task

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TargetColumns:
    """Columns of a table that hold the samples' targets, and perhaps the part of the split that each belongs to.

    Attributes
    ----------
    names, positions
        Of the target columns.
    numeric
        Of each, whether it holds numbers.
    width
        Cells a row.
    split
        Position of the column that holds train, val or test.
    """

    names: list[str]
    positions: list[int]
    numeric: list[bool]
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

        A column holds numbers where most of its cells do, or `task` asks for them. Without `by_column` the split is
        made otherwise, and its column is ignored.

        Raises
        ------
        MspeError
            If the target columns are not clear, or a column looks like a split that cannot be read.
        """
        column = find_split_column(table, split_column, taken=(*other, *(given or ())))
        names = choose_targets(table, given, (*other, column))
        split = table.columns.index(column) if by_column and column in table.columns else None
        if split is not None and column != split_column:
            check_parts(table, column)
        positions = [table.columns.index(name) for name in names]
        columns = [[row[place] for _, row in table.rows if place < len(row)] for place in positions]
        continuous = task is not None and get_task(task).continuous
        numeric = [continuous or holds_numbers(cells, may_be_words=task is not None) for cells in columns]
        return cls(names, positions, numeric, len(table.columns), split)

    def problem(self, row: Sequence[str], name: str) -> Problem | None:
        """Return why a row cannot be used, and what was found; `name` is the sample's."""
        if len(row) != self.width:
            return Problem("wrong number of cells", f"{len(row)} instead of {self.width}")
        if self.positions and not any(self.cells(row)):
            return Problem("no target", repr(name))
        problem = self.cell_problem(row)
        if problem is not None:
            return problem
        if self.split is not None and not self.part(row):
            return Problem("unknown split", f"{row[self.split]!r}, allowed: {', '.join(SPLITS)}")
        return None

    def cells(self, row: Sequence[str]) -> list[str]:
        """The targets of a row, as they are written; empty where one is unknown."""
        columns = zip(self.positions, self.numeric, strict=True)
        return [clean_cell(row[position], numeric) for position, numeric in columns]

    def cell_problem(self, row: Sequence[str]) -> Problem | None:
        """Why a target of a row cannot be used, and what stands there."""
        columns = zip(self.cells(row), self.numeric, strict=True)
        problems = (find_cell_problem(cell, numeric) for cell, numeric in columns)
        return next((problem for problem in problems if problem is not None), None)

    def targets(self, rows: Sequence[Sequence[str]], task: TaskType | None, place: str) -> Targets:
        """The targets of these rows.

        Raises
        ------
        MspeError
            If the only column is one of text.
        """
        cells = [self.cells(row) for row in rows]
        if task is None and self.numeric == [False]:
            check_classes([row[0] for row in cells], self.names[0], place)
        return Targets.of_cells(cells, self.names)

    def part(self, row: Sequence[str]) -> str:
        """The part of the split that a row belongs to; empty where the table does not say."""
        return "" if self.split is None else find_part(row[self.split]) or ""

    def predefined_split(self, parts: Sequence[str]) -> Split | None:
        """`Samples.predefined_split` of samples that belong to these parts; None where the table does not say."""
        return None if self.split is None else group_by_part(parts)


def find_split_column(table: Table, asked: str, taken: Sequence[str]) -> str:
    """Return the column that holds the parts of the split: the one asked for, else one that is called so."""
    if asked in table.columns:
        return asked
    free = {name.lower(): name for name in table.columns if name not in taken}
    return next((free[word] for word in COLUMNS if word in free), asked)


def check_parts(table: Table, column: str) -> None:
    """Refuse a column that is called as one of a split and holds something else.

    Were it ignored, another split than the user's would be made.

    Raises
    ------
    MspeError
        If a cell names no part.
    """
    position = table.columns.index(column)
    for line, row in table.rows:
        if position < len(row) and find_part(row[position]) is None:
            raise MspeError(
                f"{table.path}: line {line}: column {column!r} looks like that of a split, but holds "
                f"{row[position]!r}, allowed: {', '.join(SPLITS)}; set dataset.split (random, for example) to make "
                "the split otherwise, or rename the column"
            )
    logger.info("%s: the split is that of column %r", table.path, column)


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
        return list(given)
    left = [name for name in table.columns if name not in other]
    if "target" in left:
        return ["target"]
    if len(left) == 1:
        return left
    raise MspeError(
        f"{table.path}: which column is the target? Set dataset.target_columns to one or more of "
        f"{name_columns(left) or 'the columns; there is none left'}"
    )
