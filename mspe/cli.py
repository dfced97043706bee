"""The console command `mspe`: one parser of all its verbs, which stand in `mspe/commands/`.

What a verb needs is imported when it runs, so that help is there at once, and argparse after an interrupt is handled.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mspe import __version__
from mspe.commands.ablation import ABLATION
from mspe.commands.compare import COMPARE
from mspe.commands.datasets import LIST_DATASETS
from mspe.commands.encode import ENCODE
from mspe.commands.encodings import LIST_ENCODINGS
from mspe.commands.evaluate import EVALUATE
from mspe.commands.predict import PREDICT
from mspe.commands.profile import PROFILE
from mspe.commands.range import RANGE
from mspe.commands.recipe import RECIPE
from mspe.commands.report import REPORT
from mspe.common.command import command

if TYPE_CHECKING:
    from argparse import ArgumentParser

# In the order of `mspe --help`.
_VERBS = (
    PREDICT,
    EVALUATE,
    RANGE,
    PROFILE,
    ENCODE,
    REPORT,
    RECIPE,
    COMPARE,
    ABLATION,
    LIST_DATASETS,
    LIST_ENCODINGS,
)
SUBCOMMANDS = {verb.name: verb for verb in _VERBS}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    with command(log_apart=True):
        arguments = build_parser().parse_args(argv)
        return arguments.run(arguments)


def build_parser() -> "ArgumentParser":
    """Return the parser of the command and all its subcommands."""
    from mspe.common.arguments import Parser

    parser = Parser(
        prog="mspe", description="Multi-scale positional encodings for Graph Transformers: which help on your graphs?"
    )
    parser.add_argument("--version", action="version", version=f"mspe {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, verb in SUBCOMMANDS.items():
        verb_parser = verbs.add_parser(name, help=verb.summary, description=verb.description, epilog=verb.epilog)
        verb.add_arguments(verb_parser)
        verb_parser.set_defaults(run=verb.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
