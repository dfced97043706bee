"""`mspe encodings`: the encodings by name."""

from typing import TYPE_CHECKING

from mspe.commands.arguments import add_plugins
from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import Namespace


def _run(arguments: "Namespace") -> int:
    from mspe.common.plugins import load_plugins
    from mspe.encodings import ENCODINGS
    from mspe.encodings.about import encoding_table

    load_plugins(arguments.plugin)
    print(encoding_table(dict(ENCODINGS.items())))
    return 0


LIST_ENCODINGS = Subcommand(
    name="encodings",
    summary="list the encodings by name",
    examples=("mspe encodings", "mspe encodings --plugin my_encodings.py"),
    add_arguments=add_plugins,
    run=_run,
)
