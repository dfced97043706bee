"""Which columns of a table are targets, and which says the part of the split."""

from collections.abc import Sequence
from dataclasses import dataclass

from mspe.common.errors import MspeError
from mspe.common.numbers import is_not_finite
from mspe.dataset.own.csv_table import Table
from mspe.graphs import SPLITS
from mspe.graphs.validation import Problem


@dataclass(frozen=True)
class TargetColumns:
    """Columns of a table that hold the samples' targets, and perhaps the part of the split that each belongs to.

    Attributes
    ----------
    names, positions
        Of the target columns.
    width
        Cells a row.
    split
        Position of the column that holds train, val or test.
    """

    names: list[str]
    positions: list[int]
    width: int
    split: int | None = None

    @classmethod
    def choose(
        cls, table: Table, given: Sequence[str] | None, split_column: str, other: Sequence[str], by_column: bool = True
    ) -> "TargetColumns":
        """`choose_targets` of a table whose other columns are these and perhaps that of the split.

        Without `by_column` the split is made otherwise, and its column is ignored.
        """
        names = choose_targets(table, given, (*other, split_column))
        split = table.columns.index(split_column) if by_column and split_column in table.columns else None
        return cls(names, [table.columns.index(name) for name in names], len(table.columns), split)

    def problem(self, row: Sequence[str], name: str) -> Problem | None:
        """Return why a row cannot be used, and what was found; `name` is the sample's."""
        if len(row) != self.width:
            return Problem("wrong number of cells", f"{len(row)} instead of {self.width}")
        targets = self.cells(row)
        if self.positions and not any(targets):
            return Problem("no target", repr(name))
        if any(is_not_finite(cell) for cell in targets):
            return Problem("target not finite", ", ".join(targets))
        if self.split is not None and self.part(row) not in SPLITS:
            return Problem("unknown split", f"{row[self.split]!r}, allowed: {', '.join(SPLITS)}")
        return None

    def cells(self, row: Sequence[str]) -> list[str]:
        """The targets of a row, as they are written."""
        return [row[position].strip() for position in self.positions]

    def part(self, row: Sequence[str]) -> str:
        """The part of the split that a row belongs to; empty where the table does not say."""
        return "" if self.split is None else row[self.split].strip().lower()

    def predefined_split(self, parts: Sequence[str]) -> tuple[list[int], list[int], list[int]] | None:
        """`Samples.given` of samples that belong to these parts; None where the table does not say."""
        if self.split is None:
            return None
        train, val, test = ([i for i, part in enumerate(parts) if part == name] for name in SPLITS)
        return train, val, test


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
        f"{', '.join(left) or 'the columns; there is none left'}"
    )
