"""A bar that shows how much of a long computation is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def progress_bar(name: str, total: int, unit: str) -> Iterator[Callable[[], object]]:
    """Show on a terminal, if there is one, how many of `total` units are done; yields what counts one more.

    A computation of less than a second shows nothing.

    Examples
    --------
    >>> with progress_bar("rows", 2, "row") as advance:
    ...     for _ in range(2):
    ...         _ = advance()
    """
    hidden = None if sys.stderr else True  # None: where it is no terminal
    with tqdm(total=total, desc=name, unit=unit, delay=1.0, leave=False, disable=hidden) as bar:
        yield bar.update
