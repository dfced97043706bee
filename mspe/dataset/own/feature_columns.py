"""Columns of a table that hold features: categories, or real numbers."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mspe.common.numbers import is_not_finite, parse_number
from mspe.dataset.own.csv_table import Table
from mspe.dataset.own.target_cells import hold_numbers
from mspe.graphs.validation import Problem

_WHOLE = re.compile(r"[+-]?\d+")


@dataclass(frozen=True)
class FeatureColumns:
    """Content of a table's feature columns.

    Where every cell is text or a whole number, all columns are categories; else all are real numbers, and a column of
    text among them is one-hot. A column of fractions is one of numbers, whatever stands in a few of its cells.

    Attributes
    ----------
    positions
        Of the columns.
    codes
        Per column the number of each distinct cell; None for a column of real numbers.
    real
        Whether they are real numbers.
    """

    positions: tuple[int, ...]
    codes: tuple[dict[str, int] | None, ...]
    real: bool

    @classmethod
    def learn(cls, table: Table, positions: Sequence[int]) -> "FeatureColumns":
        """Decide by all rows that have as many cells as the header; numbers that are not finite decide nothing.

        Examples
        --------
        >>> from pathlib import Path
        >>> table = Table(Path("nodes.csv"), ["element", "charge"], [(2, ["C", "0.5"]), (3, ["N", "1"])])
        >>> FeatureColumns.learn(table, [0, 1]).encode([["N", "1"]]).tolist()
        [[0.0, 1.0, 1.0]]
        >>> FeatureColumns.learn(table, [0]).encode([["N", "1"]]).tolist()
        [[1]]
        """
        rows = [row for _, row in table.rows if len(row) == len(table.columns)]
        cells = [[row[position].strip() for row in rows] for position in positions]
        columns = [_distinct(column) for column in cells]
        numeric = [_hold_numbers(column) for column in cells]
        real = any(is_number and _has_fraction(values) for is_number, values in zip(numeric, columns, strict=True))
        if real:  # beside fractions whole numbers are real, too, whatever stands in a few of their cells
            numeric = [of or _hold_numbers(column, strays=True) for of, column in zip(numeric, cells, strict=True)]
        codes = tuple(
            None if real and is_number else {value: code for code, value in enumerate(_ordered(values, is_number))}
            for is_number, values in zip(numeric, columns, strict=True)
        )
        return cls(tuple(positions), codes, real)

    def problem(self, row: Sequence[str]) -> Problem | None:
        """Return why a row cannot be used, and what was found; None if it can."""
        for position, codes in zip(self.positions, self.codes, strict=True):
            cell = row[position].strip()
            if is_not_finite(cell):
                return Problem("feature not finite", repr(cell))
            if codes is None and not cell:
                return Problem("missing number", f"cell {position + 1} is empty")
            if codes is None and parse_number(cell) is None:
                return Problem("feature is no number", repr(cell))
        return None

    def encode(self, rows: Sequence[Sequence[str]]) -> Tensor | None:
        """The features of usable rows [rows, columns]; None where there is no such column."""
        if not self.positions:
            return None
        columns = [
            self._column([row[position].strip() for row in rows], codes)
            for position, codes in zip(self.positions, self.codes, strict=True)
        ]
        return torch.cat(columns, dim=1)

    def _column(self, cells: list[str], codes: dict[str, int] | None) -> Tensor:
        if codes is None:
            return torch.tensor([float(cell) for cell in cells]).reshape(-1, 1)
        numbers = torch.tensor([codes[cell] for cell in cells], dtype=torch.long)
        return functional.one_hot(numbers, len(codes)).float() if self.real else numbers[:, None]


def _distinct(cells: Iterable[str]) -> set[str]:
    return {cell.strip() for cell in cells if not is_not_finite(cell)}


def _hold_numbers(cells: Sequence[str], strays: bool = False) -> bool:
    known = [cell for cell in cells if cell and not is_not_finite(cell)]
    all_numbers = bool(known) and all(parse_number(cell) is not None for cell in known)
    return all_numbers or ((strays or _has_fraction(known)) and hold_numbers(known, may_be_words=True))


def _has_fraction(cells: Iterable[str]) -> bool:
    return any(cell and parse_number(cell) is not None and not _WHOLE.fullmatch(cell) for cell in cells)


def _ordered(values: set[str], numeric: bool) -> list[str]:
    """Numbers by their value, anything else by the alphabet; an empty cell comes first."""
    return sorted(values, key=lambda value: (float(value or -math.inf), value)) if numeric else sorted(values)
