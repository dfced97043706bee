"""Numbers that users write."""

import math

_LARGEST = 3.4028234663852886e38  # of single precision


def parse_number(cell: str) -> float | None:
    """A number that a float32 can hold; NaN for an empty cell, None for anything else.

    Examples
    --------
    >>> parse_number(" 1e-3 "), parse_number(""), parse_number("high"), parse_number("inf")
    (0.001, nan, None, None)
    """
    text = cell.strip()
    if not text:
        return math.nan
    if "_" in text:  # Python's own notation
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= _LARGEST else None


def is_not_finite(cell: str) -> bool:
    """Return whether a cell holds a number that is not finite as a float32: NaN, infinite, or too large.

    Examples
    --------
    >>> is_not_finite("nan"), is_not_finite("-1e999"), is_not_finite("1e30"), is_not_finite("high")
    (True, True, False, False)
    """
    try:
        return not abs(float(cell)) <= _LARGEST
    except ValueError:
        return False
