"""Which of two classes is the positive one, whose share is found and ranked by f1, roc_auc and ap."""

import re
from collections.abc import Sequence

from mspe.common.errors import MspeError
from mspe.common.numbers import parse_number

_POSITIVE = frozenset({"1", "true", "yes", "active", "positive", "pos", "y", "t", "+"})
_NEGATIVE = frozenset({"0", "-1", "false", "no", "inactive", "negative", "neg", "n", "f", "-"})
_NEGATION = re.compile(r"(non|not|no|in|im|un)[\s_-]*")


def choose_positive(names: Sequence[str], counts: Sequence[int], asked: str | None) -> tuple[int, str]:
    """Return which of two classes is positive, and why.

    The one asked for; else the one that its name, or the other's, says; else the rarer, of equal ones the second.

    Parameters
    ----------
    names
        Of the two classes.
    counts
        How often each occurs.
    asked
        `dataset.positive_class`.

    Raises
    ------
    MspeError
        If the class asked for is none of the two.

    Examples
    --------
    >>> choose_positive(["active", "inactive"], [4, 96], None)
    (0, 'by its name')
    >>> choose_positive(["cat", "dog"], [4, 96], None), choose_positive(["cat", "dog"], [4, 96], "dog")
    ((0, 'the rarer'), (1, 'as dataset.positive_class says'))
    """
    if asked is not None:
        return _find(names, asked), "as dataset.positive_class says"
    first, second = (name.lower() for name in names)
    sides = [_says_positive(second, first), _says_positive(first, second)]
    if sides[0] != sides[1]:
        return int(sides[1]), "by its name"
    if counts[0] == counts[1]:
        return 1, "the second of equally frequent ones"
    return int(counts[1] < counts[0]), "the rarer"


def _says_positive(other: str, name: str) -> bool:
    """Whether the one of two names in small letters is positive beside the other."""
    negation = _NEGATION.match(other)
    if negation is not None and other[negation.end() :] == name:
        return True
    numbers = name in _POSITIVE and parse_number(name) is not None and parse_number(other) is not None
    if numbers:  # 1 beside 2 says nothing
        return other in _NEGATIVE
    return (name in _POSITIVE and other not in _POSITIVE) or (other in _NEGATIVE and name not in _NEGATIVE)


def _find(names: Sequence[str], asked: str) -> int:
    number = parse_number(asked)
    for position, name in enumerate(names):
        if name.lower() == asked.strip().lower() or (number is not None and number == parse_number(name)):
            return position
    raise MspeError(f"dataset.positive_class: got {asked!r}, allowed: {', '.join(map(repr, names))}")
