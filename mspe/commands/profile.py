"""`mspe profile`: what a training step costs."""

from typing import TYPE_CHECKING

from mspe.commands.arguments import add_device, add_overwrite, add_plugins, add_root, add_smiles_column
from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _add_arguments(parser: "ArgumentParser") -> None:
    from mspe.common.arguments import whole_number

    parser.add_argument("model", help="a checkpoint (models/<seed>/best.pt), or parameters (.yaml) with their dataset")
    parser.add_argument(
        "graphs",
        nargs="?",
        help="of a checkpoint: a dataset's name, graphs (.pt), or molecules (.csv, .smi, .sdf) (default: data/graphs)",
    )
    parser.add_argument("--output", metavar="FILE", help="a JSON file with all numbers")
    add_overwrite(parser)
    parser.add_argument(
        "--batch-size", type=whole_number(1, 10**6), default=32, help="graphs of the batch (default: %(default)s)"
    )
    add_root(parser)
    add_smiles_column(parser)
    add_device(parser)
    add_plugins(parser)


def _run(arguments: "Namespace") -> int:
    from pathlib import Path

    from mspe.common.errors import MspeError
    from mspe.common.files import refuse_existing
    from mspe.common.plugins import load_plugins
    from mspe.pipeline.profile import profile_checkpoint, profile_params

    if arguments.output and not arguments.overwrite:
        refuse_existing(arguments.output)
    load_plugins(arguments.plugin)
    common = {"device": arguments.device, "batch_size": arguments.batch_size}
    if Path(arguments.model).suffix.lower() in (".yaml", ".yml"):
        if arguments.graphs is not None:
            raise MspeError(
                f"graphs: got {arguments.graphs}, allowed with a checkpoint alone: {arguments.model} names its own "
                "dataset"
            )
        profile = profile_params(arguments.model, **common)
    else:
        sources = {"root": arguments.root, "smiles_column": arguments.smiles_column}
        profile = profile_checkpoint(arguments.model, arguments.graphs, **common, **sources)
    print(profile)
    if arguments.output:
        profile.save(arguments.output)
        print(f"{arguments.output} has all numbers")
    return 0


PROFILE = Subcommand(
    name="profile",
    summary="measure a training step on your graphs: parameters, multiply–adds, time and memory, and how they grow",
    examples=(
        "mspe profile params.yaml",
        "mspe profile models/0/best.pt molecules.csv --output profile.json",
    ),
    add_arguments=_add_arguments,
    run=_run,
)
