"""What a long step shows on standard error while it works: bars on a terminal, and lines of the library's log."""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
_LIBRARY = logging.getLogger("mspe")


def is_terminal() -> bool:
    """Return whether a person may read standard error as it is written; not where it goes to a file or a pipe."""
    return sys.stderr is not None and sys.stderr.isatty()


def duration(seconds: float) -> str:
    """Return a time as a person says it.

    Examples
    --------
    >>> duration(12.3), duration(300.0), duration(20_000.0)
    ('12 s', '5 min', '5.6 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def progress_bar(
    items: Iterable[Item],
    title: str,
    total: int | None = None,
    done: int = 0,
    unit: str = "it",
    shown: bool = True,
    delay: float = 0.0,
) -> "tqdm[Item]":
    """Iterate over items and show on a terminal, if there is one, how far that is; the bar goes when all are done.

    Where items are done in another order, its `update()` counts one.

    Parameters
    ----------
    items
        Of the step.
    title
        What the step does.
    total
        Number of all items; None: as many as `len` says, or unknown.
    done
        Number of those that an earlier process has done.
    unit
        What an item is.
    shown
        Whether a bar is wanted where there is a terminal.
    delay
        Seconds before it is shown: a step that is over by then shows none.

    Examples
    --------
    >>> sum(progress_bar(range(4), "adding"))
    6
    """
    return tqdm(
        items,
        desc=title,
        total=total,
        initial=done,
        unit=unit,
        leave=False,
        delay=delay,
        disable=not (shown and is_terminal()),
    )


@contextmanager
def log_shown(verbose: bool | None = None) -> Iterator[None]:
    """Show the library's log, a line each, while the block runs, where nothing shows it yet.

    Programs that set logging up themselves, as the commands do, see it as they have set it up.

    Parameters
    ----------
    verbose
        None: on a terminal, where logging has not been set up; True: in a pipe, too, and against a level that hides it;
        False: as it is.
    """
    set_up = _LIBRARY.hasHandlers()
    wanted = is_terminal() and not set_up if verbose is None else verbose
    if not wanted or (set_up and _LIBRARY.isEnabledFor(logging.INFO)):
        yield
        return
    level, handler = _LIBRARY.level, None if set_up else _Lines()
    _LIBRARY.setLevel(logging.INFO)
    if handler is not None:
        _LIBRARY.addHandler(handler)
    try:
        yield
    finally:
        _LIBRARY.setLevel(level)
        if handler is not None:
            _LIBRARY.removeHandler(handler)


class _Lines(logging.Handler):
    """Writes a record as a line of standard error, above a bar that is there."""

    def emit(self, record: logging.LogRecord) -> None:
        tqdm.write(self.format(record), file=sys.stderr)
