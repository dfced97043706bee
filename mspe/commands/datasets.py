"""`mspe datasets`: the datasets by name."""

from typing import TYPE_CHECKING

from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import Namespace


def _run(arguments: "Namespace") -> int:
    from mspe.dataset import list_datasets

    for spec in list_datasets():
        print(f"{spec.name:<16} {spec.graphs}; target: {spec.target}; splits: {', '.join(spec.splits)}")
    return 0


LIST_DATASETS = Subcommand(
    name="datasets",
    summary="list the datasets by name",
    examples=("mspe datasets",),
    run=_run,
)
