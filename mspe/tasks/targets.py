"""Targets as they were given, before it is known what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Shaped
from torch import Tensor

from mspe.common.numbers import parse_number


@dataclass(frozen=True)
class Targets:
    """The values of one or more targets.

    Attributes
    ----------
    numbers
        NaN where a value is unknown, or no number.
    cells
        What was written, of a table; None where the targets came as numbers.
    names
        Of a table's columns.
    lines
        Where a table's rows stand in its file.
    whole
        Whether they were saved as integers.
    positive
        Of two classes, the one that the user calls positive: `dataset.positive_class`.
    """

    numbers: Shaped[Tensor, "samples columns"]
    cells: Sequence[Sequence[str]] | None = None
    names: tuple[str, ...] = ()
    lines: Sequence[int] = ()
    whole: bool = False
    positive: str | None = None

    @classmethod
    def of_cells(cls, cells: Sequence[Sequence[str]], names: Sequence[str], lines: Sequence[int] = ()) -> "Targets":
        """Return the targets of a table; an empty cell is an unknown value."""
        numbers = [[parse_number(cell) for cell in row] for row in cells]
        values = [[float("nan") if value is None else value for value in row] for row in numbers]
        return cls(torch.tensor(values, dtype=torch.float64).reshape(len(cells), -1), cells, tuple(names), lines)

    @classmethod
    def of_tensor(cls, values: Shaped[Tensor, "samples columns"], whole: bool = False) -> "Targets":
        """Return the targets of saved graphs."""
        return cls(values, whole=whole or not values.is_floating_point())

    @property
    def single(self) -> bool:
        """Return whether there is one column."""
        return self.numbers.size(1) == 1

    @property
    def first_word(self) -> tuple[int, int] | None:
        """Row and column of the first cell that holds something else than a number; None where there is none."""
        rows = self.cells or []
        words = ((i, j) for i, row in enumerate(rows) for j, cell in enumerate(row) if parse_number(cell) is None)
        return next(words, None)

    @property
    def are_labels(self) -> bool:
        """Return whether every known value is 0 or 1."""
        return self.first_word is None and bool(self._is_label.all())

    @property
    def _is_label(self) -> Tensor:
        return (self.numbers == 0) | (self.numbers == 1) | self.numbers.isnan()

    @property
    def are_counted(self) -> bool:
        """Return whether the values are classes by their form: words, or numbers saved as integers."""
        return self.first_word is not None or self.whole

    @property
    def first_number_that_is_no_label(self) -> tuple[int, int] | None:
        """Row and column of the first known value that is neither 0 nor 1; None where there is none."""
        wrong = (~self._is_label).nonzero()
        return (int(wrong[0, 0]), int(wrong[0, 1])) if len(wrong) else None

    def describe(self, row: int, column: int) -> str:
        """Return what a value is, as an error says it."""
        if self.cells is None:
            return f"y holds {self.numbers[row, column]:g}"
        line = f"line {self.lines[row]}: " if self.lines else ""
        return f"{line}target {self.names[column]!r} holds {self.cells[row][column]!r}"
