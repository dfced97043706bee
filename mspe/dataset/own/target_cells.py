"""Cells of a target column: a number, a word, unknown, or nothing that can be used."""

import re
from collections.abc import Iterable, Sequence

from mspe.common.errors import MspeError
from mspe.common.numbers import is_not_finite, parse_number
from mspe.graphs.validation import Problem

_UNKNOWN = frozenset(
    [
        "#n/a",
        "#n/a n/a",
        "#na",
        "-1.#ind",
        "-1.#qnan",
        "-nan",
        "1.#ind",
        "1.#qnan",
        "<na>",
        "n/a",
        "na",
        "null",
        "nan",
        "none",
        "nil",
    ]
)  # as pandas reads them, in any case
_UNKNOWN_NUMBER = frozenset({"-", "--", "n.d.", "nd", "n.a.", "?", "missing", "unknown"})
_TRUTH = frozenset({"true", "false", "yes", "no"})
_LIKE_NUMBER = re.compile(r"[<>=~≈≤≥±+-]*\s*[.,]?\d")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")


def clean_cell(cell: str, numeric: bool) -> str:
    """Return a cell without what surrounds it: empty where its value is unknown.

    Examples
    --------
    >>> [clean_cell(cell, numeric=True) for cell in (" 1.5", "\\u22122", "n.d.", "NaN", ">10")]
    ['1.5', '-2', '', '', '>10']
    >>> [clean_cell(cell, numeric=False) for cell in ("TRUE", "-", "NA", "High")]
    ['true', '-', '', 'High']
    """
    text = cell.strip()
    small = text.lower()
    if small in _UNKNOWN or (numeric and small in _UNKNOWN_NUMBER):
        return ""
    if small in _TRUTH:
        return small
    return text.replace("\u2212", "-") if numeric else text  # the minus sign of typeset text


def holds_numbers(cells: Iterable[str], may_be_words: bool) -> bool:
    """Return whether a column is one of numbers, whatever stands in a few of its cells: if most are.

    Parameters
    ----------
    cells
        Of the column.
    may_be_words
        Whether cells that only begin as numbers do, such as `>10` or `5 %`, may be classes.

    Examples
    --------
    >>> holds_numbers(["0.5", "1", ">10", ""], False), holds_numbers([">10", "<1", "0.5"], False)
    (True, True)
    >>> holds_numbers(["low", "high", "2"], False), holds_numbers(["1-5", "5-10"], True)
    (False, False)
    """
    known = [text for text in (clean_cell(cell, numeric=True) for cell in cells) if text]
    numbers = [parse_number(text) is not None or is_not_finite(text) for text in known]
    like = [_LIKE_NUMBER.match(text) is not None for text in known]
    return 2 * sum(numbers) > len(known) or (not may_be_words and 2 * sum(like) > len(known))


def find_cell_problem(cell: str, numeric: bool) -> Problem | None:
    """Return why a cleaned cell cannot be used, and what stands there."""
    if is_not_finite(cell):
        return Problem("target not finite", cell)
    if not numeric or parse_number(cell) is not None:
        return None
    if _DECIMAL_COMMA.fullmatch(cell):
        return Problem("target with a decimal comma", f"{cell!r}, write a point")
    return Problem("target is no number", repr(cell))


def check_classes(words: Sequence[str], column: str, place: str) -> None:
    """Refuse a column of words that is text: classes are few, and each stands several times.

    Raises
    ------
    MspeError
        If there are more than two, and more than half as many as samples.

    Examples
    --------
    >>> check_classes(["low", "high", "low"], "rate", "rates.csv")
    """
    classes = set(words) - {""}
    if len(classes) > 2 and 2 * len(classes) > len(words):
        raise MspeError(
            f"{place}: column {column!r} holds text, {len(classes)} values in {len(words)} rows ({words[0]!r}, …): "
            "neither numbers nor classes; set dataset.target_columns to another, or dataset.task=classification"
        )
