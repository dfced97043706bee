"""Choosing by name: a registry is a plain dict, and a miss lists what it holds."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from mspe.common.errors import MspeError

Entry = TypeVar("Entry")


def choose(kind: str, name: str, registry: Mapping[str, Entry]) -> Entry:
    """Return ``registry[name]``.

    Raises
    ------
    MspeError
        If the name is unknown; the message lists the known names.

    Examples
    --------
    >>> choose("filter", "heat", {"heat": 1, "walk": 2})
    1
    >>> choose("filter", "haet", {"heat": 1, "walk": 2})
    Traceback (most recent call last):
    ...
    mspe.common.errors.MspeError: unknown filter 'haet'; did you mean 'heat'? Known: heat, walk
    """
    if name in registry:
        return registry[name]
    guess = get_close_matches(str(name), registry, n=1)
    hint = f"; did you mean {guess[0]!r}? Known" if guess else "; known"
    raise MspeError(f"unknown {kind} {name!r}{hint}: {', '.join(sorted(registry))}")
