"""Options held against what is allowed, when they are given."""

import math
import operator
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError


def check_integer(name: str, value: Any, least: int = 1) -> int:
    """Return an integer, NumPy's included.

    Raises
    ------
    MspeError
        If it is none, or too small.

    Examples
    --------
    >>> check_integer("epochs", 3)
    3
    >>> check_integer("epochs", 1.5)
    Traceback (most recent call last):
    ...
    mspe.common.errors.MspeError: epochs: got 1.5, allowed: an integer of at least 1
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        raise MspeError(f"{name}: got {value!r}, allowed: an integer of at least {least}")
    return number


def check_number(
    name: str,
    value: Any,
    allowed: str = "a number of at least 0",
    above: float = -math.inf,
    below: float = math.inf,
) -> float:
    """Return a finite number of at least 0, between `above` and `below` without these.

    Raises
    ------
    MspeError
        If it is none; the message names what is `allowed`.
    """
    try:
        number = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0 and above < number < below):
        raise MspeError(f"{name}: got {value!r}, allowed: {allowed}")
    return number


def check_positive(name: str, value: Any) -> float:
    """Return a finite number above 0.

    Raises
    ------
    MspeError
        If it is none.
    """
    return check_number(name, value, "a number above 0", above=0.0)


def check_instance(name: str, value: Any, kinds: Any, allowed: str) -> None:
    """See that a value is of a kind.

    Raises
    ------
    MspeError
        If it is not.
    """
    if not isinstance(value, kinds):
        shown = repr(value) if value is None or isinstance(value, str | int | float) else f"a {type(value).__name__}"
        raise MspeError(f"{name}: got {shown}, allowed: {allowed}")


def check_folder(name: str, value: Any) -> Path:
    """Return the path of a folder, which need not be there yet.

    Raises
    ------
    MspeError
        If it is no path, or leads through a file.
    """
    check_instance(name, value, str | Path, "the path of a folder")
    path = Path(value)
    there = next(part for part in (path, *path.absolute().parents) if part.exists())
    if not there.is_dir():
        raise MspeError(f"{name}: got {str(path)!r}, but {there} is a file; give a folder")
    return path
