"""Cells of a target column: a number, a class, unknown, or nothing that can be used."""

import logging
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import torch

from mspe.common.numbers import is_not_finite, parse_number
from mspe.graphs import TaskType
from mspe.graphs.validation import Problem
from mspe.tasks import find_marks, get_task

logger = logging.getLogger(__name__)

_UNKNOWN = frozenset(
    [
        *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A"),
        *("NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
    ]
)  # as pandas reads them
_DASHES = frozenset({"-", "--", "---", "\u2212", "\u2013", "\u2014"})
_WRITTEN = _DASHES | {"n.d.", "n.d", "nd", "n.a.", "n.a", "n/d", "n.t.", "?", "??", ".", "..", "...", "*", "#"}
_OF_NUMBERS = {
    *(mark.lower() for mark in _UNKNOWN),
    *_WRITTEN,
    *("nil", "missing", "unknown", "not determined", "not available", "not tested"),
    *("#value!", "#div/0!", "#num!", "#ref!", "#name?", "#null!"),  # a spreadsheet's errors
}  # in small letters, where no word is a class
_TRUTH = {"true": "1", "yes": "1", "false": "0", "no": "0"}
_LABELS = {
    **_TRUTH,
    **dict.fromkeys(("y", "t", "active", "positive", "pos"), "1"),
    **dict.fromkeys(("n", "f", "inactive", "negative", "neg"), "0"),
}
_COMMA = re.compile(r"[+-]?\d*(,\d+)+")
_UNIT = r"[%‰]|[a-zµμ°]\S*|±.*|\(.*\)"
_SHARE = re.compile(r"[+-]?\d+([.,]\d+)?\s*[%‰]")
_LIKE_NUMBER = re.compile(rf"[<>=~≈≤≥±+-]*\s*(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?\s*({_UNIT})?", re.IGNORECASE)


@dataclass(frozen=True)
class TargetCells:
    """Reader of the cells of one target column, as all of them together say.

    Attributes
    ----------
    numeric
        Whether it holds numbers; else words, which are classes.
    spelling
        By a word in small letters, how its class is written.
    marks
        Numbers that stand for a label that is unknown.
    """

    numeric: bool
    spelling: dict[str, str] = field(default_factory=dict)
    marks: tuple[float, ...] = ()

    @classmethod
    def learn(cls, cells: Sequence[str], task: TaskType | None, several: bool = False) -> "TargetCells":
        """Decide by all cells: a column is one of numbers where most of them are, or where the task asks for them.

        Parameters
        ----------
        cells
            Of the column.
        task
            `dataset.task`.
        several
            Whether there are other target columns: then each of true and false, yes and no, or active and inactive is
            one of 1 and 0.

        Examples
        --------
        >>> column = TargetCells.learn(["0.5", "\\u22121", ">10", "n.d."], None)
        >>> [column.read(cell) for cell in ("0.5", "\\u22121", ">10", "n.d.")]
        ['0.5', '-1', '>10', '']
        >>> TargetCells.learn(["TRUE", "False", "true"], None).read("TRUE")
        'true'
        """
        continuous = task is not None and get_task(task).continuous
        known = [text for cell in cells if (text := _clean(cell, numeric=True))]
        small = {text.lower() for text in known}
        bits = all(text in _TRUTH or parse_number(text) in (0, 1) for text in small)
        if bits and small and (continuous or not small <= set(_TRUTH)):
            return cls(True, _TRUTH if small & set(_TRUTH) else {})
        if several and _are_labels(known):
            return cls(True, _LABELS)
        if continuous or hold_numbers(known, may_be_words=task is not None):
            return cls(True, marks=() if continuous else _marks(known, asked=task is not None))
        words = [text for cell in cells if (text := _clean(cell, numeric=False))]
        return cls(False, _spell(_without_dashes(words)))

    def read(self, cell: str) -> str:
        """Return what a cell says: empty where its value is unknown."""
        text = _clean(cell, self.numeric)
        text = self.spelling.get(text.lower(), text if self.numeric else "")
        return "" if self.marks and parse_number(text) in self.marks else text

    def find_problem(self, cell: str) -> Problem | None:
        """Return why a cell cannot be used, and what stands there; None too where its value is unknown."""
        text = self.read(cell)
        if not self.numeric or parse_number(text) is not None:
            return None
        if is_not_finite(text):
            return Problem("target not finite", text)
        if _COMMA.fullmatch(text):
            return Problem("target with a comma", f"{text!r}, write a decimal point, and thousands without a comma")
        return Problem("target is no number", repr(cell.strip()))


def _are_labels(known: Sequence[str]) -> bool:
    """Whether most cells are 1 and 0, written with words at least in part."""
    words = sum(text.lower() in _LABELS for text in known)
    return words > 0 and 2 * (words + sum(parse_number(text) in (0, 1) for text in known)) > len(known)


def hold_numbers(known: Sequence[str], may_be_words: bool = False) -> bool:
    """Return whether cells whose values are known are those of a column of numbers, whatever stands in a few of them.

    Parameters
    ----------
    known
        Of the column, cleaned.
    may_be_words
        Whether cells that are only like numbers, such as `>10` or `5 %`, may be classes.

    Examples
    --------
    >>> hold_numbers(["0.5", "1", ">10"]), hold_numbers([">10", "<1", "0.5"]), hold_numbers(["low", "high", "2"])
    (True, True, False)
    >>> hold_numbers(["<10", ">10"] * 5), hold_numbers(["1-5", "5-10", "1-5"])  # bins are classes
    (False, False)
    >>> hold_numbers(["10%", "20%"] * 5)
    True
    """
    numbers = sum(parse_number(text) is not None or is_not_finite(text) for text in known)
    shares = sum(_SHARE.fullmatch(text) is not None for text in known)
    like = sum(_LIKE_NUMBER.fullmatch(text) is not None for text in known)
    if 2 * numbers > len(known):
        return True
    return (
        not may_be_words
        and 2 * like > len(known)
        and (numbers > 0 or 2 * shares > len(known) or not can_be_classes(known))
    )


def can_be_classes(words: Sequence[str]) -> bool:
    """Return whether words are classes rather than text: few, and most of them several times.

    Examples
    --------
    >>> can_be_classes(["low", "high", "low"]), can_be_classes(["a note", "another", "a third"])
    (True, False)
    """
    counts = Counter(words)
    once = sum(count == 1 for count in counts.values())
    return len(counts) <= 2 or (2 * len(counts) <= len(words) and 2 * once <= len(counts))


def hold_commas(cells: Collection[str]) -> bool:
    """Return whether a column's numbers are written with commas: most, or a good part where none has a point.

    Examples
    --------
    >>> hold_commas(["0,5", "1,25", "3"]), hold_commas(["0.5", "1.25", "3,1"])
    (True, False)
    """
    known = [text for cell in cells if (text := _clean(cell, numeric=True))]
    commas = sum(_COMMA.fullmatch(text) is not None for text in known)
    points = any("." in text for text in known)
    return 2 * commas > len(known) or (not points and commas > 1 and 4 * commas > len(known))


def _clean(cell: str, numeric: bool) -> str:
    """A cell without what surrounds it; empty where it is a mark of an unknown value."""
    text = " ".join(cell.split())
    if text in _UNKNOWN or (numeric and text.lower() in _OF_NUMBERS):
        return ""
    return text.replace("\u2212", "-") if numeric else text  # the minus sign of typeset text


def _without_dashes(words: Sequence[str]) -> list[str]:
    """Words without marks of unknown values; beside a plus, a dash is a class."""
    marks = _WRITTEN - (_DASHES if "+" in words else set())
    return [word for word in words if word.lower() not in marks]


def _spell(words: Sequence[str]) -> dict[str, str]:
    """How each class is written: as most often, words that differ in their letters' case alone being one."""
    spelling = {word.lower(): word.lower() for word in words if word.lower() in _TRUTH}
    for word, _ in Counter(words).most_common():
        one = spelling.setdefault(word.lower(), word)
        if one.lower() not in _TRUTH and one != word:
            logger.info("classes %r and %r are read as one, %r", one, word, one)
    return spelling


def _marks(known: Sequence[str], asked: bool) -> tuple[float, ...]:
    """Numbers of a column that stand for no label."""
    numbers = [number for text in known if (number := parse_number(text)) is not None]
    return find_marks(torch.tensor(numbers, dtype=torch.float64), of_two=not asked)
