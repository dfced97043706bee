"""Choosing by name: a miss lists the names that are known."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Protocol, TypeVar, runtime_checkable

from mspe.common.errors import MspeError

ENTRY_POINTS = "mspe"
"""The group of entry points by which an installed package extends mspe: each is a module that registers."""


@runtime_checkable
class Named(Protocol):
    """Whatever can be registered."""

    @property
    def name(self) -> Any:
        """The key."""


Entry = TypeVar("Entry")
NamedEntry = TypeVar("NamedEntry", bound=Named)


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


class Registry(Mapping[str, NamedEntry]):
    """Entries by their name: the library's, those that users register, and those of installed packages.

    Parameters
    ----------
    kind
        What an entry is, for errors.
    entries
        The library's own.

    Examples
    --------
    >>> class Ring:
    ...     name = "ring"
    >>> shapes = Registry("shape", [Ring])
    >>> shapes["ring"] is Ring, list(shapes)
    (True, ['ring'])
    """

    def __init__(self, kind: str, entries: Iterable[NamedEntry]) -> None:
        self.kind = kind
        self._entries = {entry.name: entry for entry in entries}

    def register(self, entry: NamedEntry) -> NamedEntry:
        """Add an entry, of a name that is free or that the same file has registered before; usable as a decorator.

        Raises
        ------
        MspeError
            If another entry has the name.
        """
        present = self._entries.get(entry.name)
        if present is not None and _origin(present) != _origin(entry):
            raise MspeError(
                f"{self.kind} {entry.name!r} is defined in {_origin(present)} and again in {_origin(entry)}; rename one"
            )
        self._entries[entry.name] = entry
        return entry

    def __getitem__(self, name: str) -> NamedEntry:
        load_entry_points()
        return choose(self.kind, name, self._entries)

    def __contains__(self, name: object) -> bool:
        load_entry_points()
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        load_entry_points()
        return iter(self._entries)

    def __len__(self) -> int:
        load_entry_points()
        return len(self._entries)


def _origin(entry: Any) -> str:
    """The file that defines a class, or the module of anything else, such as a class written in a notebook."""
    try:
        return inspect.getfile(entry)
    except (TypeError, OSError):
        return str(entry.__module__)


@cache
def load_entry_points() -> None:
    """Import, once, the modules by which installed packages extend mspe.

    Raises
    ------
    MspeError
        If one cannot be imported.
    """
    for point in entry_points(group=ENTRY_POINTS):
        try:
            point.load()
        except Exception as error:  # another package's code
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            raise MspeError(
                f"entry point {point.name!r} ({point.value}) cannot be loaded ({reason}); update its package"
            ) from error
