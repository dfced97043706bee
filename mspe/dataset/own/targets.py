"""What users want predicted, inferred from the values of their targets."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Shaped
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import parse_number
from mspe.graphs import TargetLevel, TaskType
from mspe.tasks import MultiLabel, Regression, SingleLabel, Task

_EXACT = 2**53

Inferred = tuple[Task, Shaped[Tensor, "samples columns"], tuple[str, ...]]
"""The task; each sample's class, or a number or NaN per target; names of the classes or targets."""


@dataclass(frozen=True)
class Targets:
    """Targets as they were given, before it is known what they mean.

    Attributes
    ----------
    numbers
        NaN where a value is unknown, or no number.
    cells
        What was written, of a table; None where the targets came as numbers.
    names
        Of a table's columns.
    """

    numbers: Shaped[Tensor, "samples columns"]
    cells: Sequence[Sequence[str]] | None = None
    names: tuple[str, ...] = ()

    @classmethod
    def of_cells(cls, cells: Sequence[Sequence[str]], names: Sequence[str]) -> "Targets":
        """Return the targets of a table; an empty cell is an unknown value."""
        numbers = [[parse_number(cell) for cell in row] for row in cells]
        values = [[float("nan") if value is None else value for value in row] for row in numbers]
        return cls(torch.tensor(values, dtype=torch.float64).reshape(len(cells), -1), cells, tuple(names))

    @classmethod
    def of_tensor(cls, values: Shaped[Tensor, "samples columns"]) -> "Targets":
        """Return the targets of saved graphs."""
        return cls(values)

    @property
    def single(self) -> bool:
        """Whether there is one column."""
        return self.numbers.size(1) == 1

    @property
    def first_word(self) -> tuple[int, int] | None:
        """Row and column of the first cell that holds something else than a number; None where there is none."""
        rows = self.cells or []
        words = ((i, j) for i, row in enumerate(rows) for j, cell in enumerate(row) if parse_number(cell) is None)
        return next(words, None)

    @property
    def are_labels(self) -> bool:
        """Whether every known value is 0 or 1."""
        return self.first_word is None and bool(self._is_label.all())

    @property
    def _is_label(self) -> Tensor:
        return (self.numbers == 0) | (self.numbers == 1) | self.numbers.isnan()

    @property
    def are_counted(self) -> bool:
        """Whether the values are classes by their form: words, or numbers saved as integers."""
        return self.first_word is not None or not self.numbers.is_floating_point()

    def first_misfit(self, task_type: TaskType) -> str | None:
        """Return, as an error says it, the first value that fits neither a regression nor labels."""
        word = self.first_word
        if word is not None and self.cells is not None:
            return f"target {self.names[word[1]]!r} holds {self.cells[word[0]][word[1]]!r}"
        wrong = ~self._is_label if task_type == "classification" else torch.zeros_like(self._is_label)
        if not bool(wrong.any()):
            return None
        row, column = wrong.nonzero()[0].tolist()
        if self.cells is None:
            return f"y holds {self.numbers[row, column]:g}"
        return f"target {self.names[column]!r} holds {self.cells[row][column]!r}"


def infer_task(targets: Targets, asked: TaskType | None, place: str, level: TargetLevel) -> Inferred:
    """Decide what kind of target there is.

    One column of words, of zeros and ones, of numbers saved as integers, or of whatever is asked to be a
    classification: a class per sample. Several columns of zeros and ones: labels that may hold at once. Other numbers:
    a regression.

    Parameters
    ----------
    targets
        As they were given.
    asked
        `dataset.task`; None: decide by the values.
    place
        The file or folder, for errors.
    level
        What a sample is.

    Raises
    ------
    MspeError
        If the values do not fit the task.

    Examples
    --------
    >>> infer_task(Targets.of_cells([["low"], ["high"], ["low"]], ["rate"]), None, "rates.csv", "graph")[1].tolist()
    [[1], [0], [1]]
    >>> infer_task(Targets.of_cells([["0.5", "1"], ["", "2"]], ["a", "b"]), None, "rates.csv", "graph")[0].name
    'regression'
    >>> task, numbers, classes = infer_task(Targets.of_tensor(torch.tensor([[7], [3], [7]])), None, "graphs", "graph")
    >>> task.metric, numbers.flatten().tolist(), classes
    ('roc_auc', [1, 0, 1], ('3', '7'))
    """
    classes = targets.are_labels or (targets.single and targets.are_counted)
    wanted = asked or ("classification" if classes else "regression")
    if wanted == "classification" and targets.single:
        return _infer_classes(targets, place, level)
    misfit = targets.first_misfit(wanted)
    if misfit is not None or wanted == "edge_prediction":
        allowed = {"regression": "numbers", "classification": "0 or 1 in each of several columns"}
        raise MspeError(
            f"{place}: {misfit or 'there is a value per sample'}, allowed for {wanted}: "
            f"{allowed.get(wanted, 'one graph')}; set dataset.task, dataset.target_columns, or correct the values"
        )
    task = Regression(level) if wanted == "regression" else MultiLabel(level)
    return task, targets.numbers.float(), targets.names


def _infer_classes(targets: Targets, place: str, level: TargetLevel) -> Inferred:
    """Number the classes: numbers in their order, however they are written, anything else in the alphabet's."""
    if targets.cells is None:
        named, numbers = _classes_of_numbers(targets, place)
    else:
        named, numbers = _classes_of_cells([row[0].strip() for row in targets.cells], targets.names[0], place)
    return SingleLabel(level, metric="roc_auc" if len(named) == 2 else "accuracy"), numbers.reshape(-1, 1), named


def _classes_of_numbers(targets: Targets, place: str) -> tuple[tuple[str, ...], Tensor]:
    wrong = targets.numbers[targets.numbers != targets.numbers.round()]
    if wrong.numel():
        raise MspeError(
            f"{place}: y holds {wrong[0]:g}, allowed for classification: whole numbers; set dataset.task, or correct y"
        )
    classes, numbers = targets.numbers.unique(return_inverse=True)
    return tuple(_number_name(value) for value in classes.tolist()), numbers


def _classes_of_cells(words: list[str], name: str, place: str) -> tuple[tuple[str, ...], Tensor]:
    if "" in words:
        raise MspeError(
            f"{place}: target {name!r} is empty {words.count('')} times, but a single label must be known everywhere; "
            "fill the cells, or leave the rows out"
        )
    parsed = [number for word in words if (number := parse_number(word)) is not None]
    if len(parsed) == len(words):
        words = [_number_name(number) for number in parsed]
        named = sorted(set(words), key=float)
    else:
        named = sorted(set(words))
    place_of = {word: number for number, word in enumerate(named)}
    return tuple(named), torch.tensor([place_of[word] for word in words])


def _number_name(number: float) -> str:
    """A number as a class is named by it: 3 for 3.0."""
    return str(int(number)) if float(number).is_integer() and abs(number) < _EXACT else repr(number)
