"""Values that users gave, short enough for a message of one line."""

from collections.abc import Iterable, Sequence
from reprlib import Repr
from typing import Any

_LONGEST = 80
_LONGEST_MESSAGE = 1500
_REPR = Repr()
_REPR.maxlevel, _REPR.maxlist, _REPR.maxtuple, _REPR.maxdict = 2, 6, 6, 3
_REPR.maxstring = _REPR.maxother = _LONGEST
_REPR.maxlong = 40


def shown(value: Any) -> str:
    """Return a value as Python writes it, on one line and of at most some 80 characters.

    Examples
    --------
    >>> shown("heat"), shown([1.5, None]), shown(10**60)
    ("'heat'", '[1.5, None]', '100000000000000000...0000000000000000000')
    """
    try:
        text = _REPR.repr(value)
    except ValueError:  # Python writes no integers of more than 4,300 digits
        return f"an integer of {value.bit_length()} bits" if isinstance(value, int) else f"a {type(value).__name__}"
    return shortened(text)


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Return a text on one line, without its middle where it is too long.

    Examples
    --------
    >>> shortened("one\\ntwo"), shortened("a" * 30, 10)
    ('one two', 'aaa … aaaa')
    """
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    half = longest // 2
    return line if len(line) <= longest else f"{line[: half - 2]} … {line[len(line) - half + 1 :]}"


def first_of(items: Sequence[Any], most: int = 5) -> str:
    """Return the first few of many things, and how many more there are.

    Examples
    --------
    >>> first_of(["a", "b"]), first_of(range(9), 3)
    ('a, b', '0, 1, 2 and 6 more')
    """
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(map(str, items[:most])) + more


def flat(message: str) -> str:
    """Return a message as a line that a terminal shows as it is, whatever was put into it, of some 1,500 characters.

    Examples
    --------
    >>> flat("x.csv:\\tno such file\\x1b")
    'x.csv: no such file '
    """
    return shortened(message, _LONGEST_MESSAGE)


def dotted(path: Iterable[Any]) -> str:
    """Return the keys that lead to a parameter as one word.

    Examples
    --------
    >>> dotted(["model", "heads"]), dotted(["seeds", 0])
    ('model.heads', 'seeds.0')
    """
    return shortened(".".join(shortened(str(key), 40) for key in path), 2 * _LONGEST)
