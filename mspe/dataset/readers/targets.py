"""What users want predicted, read off the values of their targets."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jaxtyping import Shaped
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.dataset.readers.table import Table, choose_targets, is_not_finite, parse_number
from mspe.dataset.source import MULTI_LABEL, REGRESSION, SINGLE_LABEL, Task
from mspe.graphs import SPLITS, TargetLevel, TaskType

_ROC_AUC = replace(SINGLE_LABEL, metric="roc_auc")
_EXACT = 2**53


@dataclass(frozen=True)
class Targets:
    """Targets as numbers, row by row.

    Attributes
    ----------
    task
        Of the dataset.
    values
        Per sample a class (an integer), or a number or NaN for each target.
    classes
        Names of the classes, or of the targets where there are several.
    """

    task: Task
    values: list[tuple[float, ...]] | list[tuple[int, ...]]
    classes: tuple[str, ...]

    @property
    def labels(self) -> list[int] | None:
        """The class of each sample, where it has one."""
        return [int(row[0]) for row in self.values] if self.task.loss == "cross_entropy" else None


@dataclass(frozen=True)
class TargetColumns:
    """Where a table of samples holds their targets, and perhaps the part of the split that each belongs to.

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

        Without `by_column` the split is made otherwise, and its column is left aside.
        """
        names = choose_targets(table, given, (*other, split_column))
        split = table.columns.index(split_column) if by_column and split_column in table.columns else None
        return cls(names, [table.columns.index(name) for name in names], len(table.columns), split)

    def problem(self, row: Sequence[str], name: str) -> tuple[str, str] | None:
        """Why a row cannot be used, and what stands there; `name` is the sample's."""
        if len(row) != self.width:
            return "wrong number of cells", f"{len(row)} instead of {self.width}"
        targets = self.cells(row)
        if self.positions and not any(targets):
            return "no target", repr(name)
        if any(is_not_finite(cell) for cell in targets):
            return "target not finite", ", ".join(targets)
        if self.split is not None and self.part(row) not in SPLITS:
            return "unknown split", f"{row[self.split]!r}, allowed: {', '.join(SPLITS)}"
        return None

    def cells(self, row: Sequence[str]) -> list[str]:
        """The targets of a row, as they are written."""
        return [row[position].strip() for position in self.positions]

    def part(self, row: Sequence[str]) -> str:
        """The part of the split that a row belongs to; empty where the table does not say."""
        return "" if self.split is None else row[self.split].strip().lower()

    def given(self, parts: Sequence[str]) -> tuple[list[int], list[int], list[int]] | None:
        """`Raw.given` of samples that belong to these parts; None where the table does not say."""
        if self.split is None:
            return None
        train, val, test = ([i for i, part in enumerate(parts) if part == name] for name in SPLITS)
        return train, val, test


def read_targets(
    cells: Sequence[Sequence[str]],
    names: Sequence[str],
    asked: TaskType | None,
    place: str,
    level: TargetLevel = "graph",
) -> Targets:
    """Decide what kind of target some columns hold, and turn their cells into numbers.

    One column of text, of zeros and ones, or of whatever is asked to be a classification: a class a sample. Several
    columns of zeros and ones: labels that may hold at once. Numbers: a regression. An empty cell is an unknown value.

    Parameters
    ----------
    cells
        Per sample, one cell a column.
    names
        The columns'.
    asked
        `dataset.task`; None: decide by the values.
    place
        The file, for errors.
    level
        What a sample is.

    Raises
    ------
    MspeError
        If the values do not fit the task.

    Examples
    --------
    >>> read_targets([["low"], ["high"], ["low"]], ["rate"], None, "rates.csv").values
    [(1,), (0,), (1,)]
    >>> read_targets([["0.5", "1"], ["", "2"]], ["a", "b"], None, "rates.csv").values
    [(0.5, 1.0), (nan, 2.0)]
    """
    numbers = [[parse_number(cell) for cell in row] for row in cells]
    numeric = all(value is not None for row in numbers for value in row)
    binary = numeric and all(value in (0.0, 1.0) or math.isnan(value or 0.0) for row in numbers for value in row)
    single = len(names) == 1
    wanted = asked or ("classification" if binary or (single and not numeric) else "regression")
    if wanted == "classification" and single:
        return _classes([row[0].strip() for row in cells], names[0], place, level)
    if not numeric or (wanted == "classification" and not binary):
        row, column = next(
            (i, j)
            for i, row in enumerate(numbers)
            for j, value in enumerate(row)
            if value is None or (wanted == "classification" and value not in (0.0, 1.0) and not math.isnan(value))
        )
        allowed = "numbers" if wanted == "regression" else "0 or 1 in each of several columns"
        raise MspeError(
            f"{place}: target {names[column]!r} holds {cells[row][column]!r}, allowed for {wanted}: {allowed}; "
            "set dataset.task or dataset.target_columns"
        )
    task = replace(MULTI_LABEL if wanted == "classification" else REGRESSION, level=level)
    return Targets(task, [tuple(value for value in row if value is not None) for row in numbers], tuple(names))


def _classes(values: list[str], name: str, place: str, level: TargetLevel) -> Targets:
    """Number the classes: numbers in their order, however they are written, anything else in the alphabet's."""
    if "" in values:
        raise MspeError(
            f"{place}: target {name!r} is empty {values.count('')} times, but a single label must be known everywhere; "
            "fill the cells, or leave the rows out"
        )
    parsed = [number for value in values if (number := parse_number(value)) is not None]
    if len(parsed) == len(values):
        values = [number_name(number) for number in parsed]
        names = sorted(set(values), key=float)
    else:
        names = sorted(set(values))
    classes = {name: index for index, name in enumerate(names)}
    numbers: list[tuple[int, ...]] = [(classes[value],) for value in values]
    return Targets(single_label(len(names), level), numbers, tuple(names))


def single_label(count: int, level: TargetLevel) -> Task:
    """The task of telling so many classes apart."""
    return replace(_ROC_AUC if count == 2 else SINGLE_LABEL, level=level)


def number_name(number: float) -> str:
    """A number as a class is named by it.

    Examples
    --------
    >>> number_name(3.0), number_name(0.5)
    ('3', '0.5')
    """
    return str(int(number)) if number.is_integer() and abs(number) < _EXACT else repr(number)


def tensor_targets(
    values: Shaped[Tensor, "samples columns"], asked: TaskType | None, place: str, level: TargetLevel
) -> tuple[Task, Shaped[Tensor, "samples columns"], tuple[str, ...]]:
    """`read_targets` of numbers: task, values and names of the classes.

    Zeros and ones are two classes or, in several columns, labels; whole numbers in one column are classes; other
    numbers are a regression.

    Raises
    ------
    MspeError
        If the values do not fit the task.

    Examples
    --------
    >>> import torch
    >>> task, numbers, classes = tensor_targets(torch.tensor([[7], [3], [7]]), None, "graphs", "graph")
    >>> task.metric, numbers.flatten().tolist(), classes
    ('roc_auc', [1, 0, 1], ('3', '7'))
    """
    whole, single = not values.is_floating_point(), values.size(1) == 1
    binary = (values == 0) | (values == 1) | values.isnan()
    wanted = asked or ("classification" if bool(binary.all()) or (whole and single) else "regression")
    fits = values == values.round() if single else binary
    if wanted == "edge_prediction" or (wanted == "classification" and not bool(fits.all())):
        given = f"{values[~fits][0]:g}" if wanted == "classification" else "a value a sample"
        allowed = "whole numbers" if single else "0 or 1 in each of several columns"
        allowed = allowed if wanted == "classification" else "one graph"
        raise MspeError(f"{place}: y holds {given}, allowed for {wanted}: {allowed}; set dataset.task, or correct y")
    if wanted == "regression" or not single:
        return replace(REGRESSION if wanted == "regression" else MULTI_LABEL, level=level), values.float(), ()
    classes, numbers = values.unique(return_inverse=True)
    names = tuple(str(value) if whole else number_name(value) for value in classes.tolist())
    return single_label(len(names), level), numbers.reshape(-1, 1), names
