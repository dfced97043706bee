"""Choosing by name: a miss lists the names that are known."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Protocol, TypeVar, runtime_checkable

from mspe.common.errors import MspeError
from mspe.common.shown import shown

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
    raise MspeError(f"unknown {kind} {shown(name)}{hint}: {', '.join(sorted(registry))}")


class Registry(Mapping[str, NamedEntry]):
    """Entries by their name: the library's, those that users register, and those of installed packages.

    Parameters
    ----------
    kind
        What an entry is, for errors.
    entries
        The library's own.
    reserved
        Names that mean something else where an entry's name stands.

    Examples
    --------
    >>> class Ring:
    ...     name = "ring"
    >>> shapes = Registry("shape", [Ring])
    >>> shapes["ring"] is Ring, list(shapes)
    (True, ['ring'])
    """

    def __init__(self, kind: str, entries: Iterable[NamedEntry], reserved: Iterable[str] = ()) -> None:
        self.kind = kind
        self.reserved = frozenset(reserved)
        self._entries = {entry.name: entry for entry in entries}
        self._origins = {name: _origin(entry) for name, entry in self._entries.items()}

    def register(self, entry: NamedEntry) -> NamedEntry:
        """Add an entry, of a name that is free or that the same file has registered before; usable as a decorator.

        Raises
        ------
        MspeError
            If another entry has the name, or it is reserved.
        """
        name, origin = entry.name, _origin(entry)
        if name in self.reserved:
            taken = ", ".join(sorted(self.reserved))
            raise MspeError(f"{self.kind} {name!r} of {origin}: rename it, these names have another use: {taken}")
        present = self._entries.get(name, entry)
        if present is not entry and self._origins[name] != origin:
            raise MspeError(
                f"{self.kind} {name!r} is defined in {self._origins[name]} and again in {origin}; rename one"
            )
        self._entries[name], self._origins[name] = entry, origin
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
    """The file that defines a class, or that registers anything else; in a notebook, which has none, the module.

    An instance does not know its file: its class, and the functions that it holds, may be another's.
    """
    if not isinstance(entry, type):
        return _running_file()
    try:
        return inspect.getfile(entry)
    except (TypeError, OSError):
        return entry.__module__


def _running_file() -> str:
    """The file whose own lines, outside all functions, are being run: they may register through functions of others."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    module = {"__name__": "a thread"} if frame is None else frame.f_globals
    return str(module.get("__file__") or module["__name__"])


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
