"""One of the verbs of the command `mspe`, as its parser needs it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


class Subcommand(NamedTuple):
    """One of the command's verbs.

    Attributes
    ----------
    name
        The verb, as it is typed.
    summary
        What it does, in a line.
    examples
        Commands as a user types them.
    run
        Does it; returns the exit status.
    add_arguments
        Declares its arguments (default: it has none).
    """

    name: str
    summary: str
    examples: tuple[str, ...]
    run: Callable[["Namespace"], int]
    add_arguments: Callable[["ArgumentParser"], None] = lambda parser: None

    @property
    def description(self) -> str:
        """The summary as a sentence."""
        return f"{self.summary[0].upper()}{self.summary[1:]}."

    @property
    def epilog(self) -> str:
        """The examples, a line each."""
        return "\n".join(["examples:", *(f"  {example}" for example in self.examples)])
