"""Arguments of the command lines."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import Any, NoReturn

from mspe.common.shown import flat, shortened

_LARGEST_SEED = 2**32 - 1


class Parser(ArgumentParser):
    """A parser whose complaints are short lines, whose help does not get lost, and whose `int` is one of seeds.

    Parameters
    ----------
    **options
        As `ArgumentParser` takes them.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": RawDescriptionHelpFormatter, **options})
        self.register("type", int, whole_number(0, _LARGEST_SEED))

    def error(self, message: str) -> NoReturn:
        """Print usage and what is wrong; end the process with status 2."""
        super().error(flat(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        print(message, end="", file=file or sys.stderr)  # argparse's own is silent where that fails


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in plain digits, as the `type` of an argument.

    Examples
    --------
    >>> whole_number(1, 8)("4")
    4
    """

    def read(text: str) -> int:
        plain = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
        if not plain or not least <= int(text) <= most:
            raise ArgumentTypeError(f"got {shortened(text)}, allowed: {least} to {most}")
        return int(text)

    return read
