"""`mspe report`: the summary over seeds."""

from typing import TYPE_CHECKING

from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import Namespace


def _run(arguments: "Namespace") -> int:
    from mspe.pipeline.summary import read_summary

    print(read_summary())
    return 0


REPORT = Subcommand(
    name="report",
    summary="print the summary over seeds that `dvc repro` wrote",
    examples=("mspe report",),
    run=_run,
)
