"""`mspe evaluate`: a checkpoint's scores on labelled data, as JSON."""

from typing import TYPE_CHECKING

from mspe.commands.arguments import add_checkpoint, add_smiles_column
from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _add_arguments(parser: "ArgumentParser") -> None:
    add_checkpoint(parser)
    scored = parser.add_mutually_exclusive_group()
    scored.add_argument(
        "input",
        nargs="?",
        help="molecules (.csv, .smi, .sdf) or PyG graphs (.pt) with targets; default: a split of data/graphs",
    )
    scored.add_argument("--split", choices=("train", "val", "test"), help="of data/graphs (default: test)")
    parser.add_argument("--target", action="append", metavar="COLUMN", help="of a table; may be repeated")
    add_smiles_column(parser)


def _run(arguments: "Namespace") -> int:
    import json

    from mspe.common.errors import MspeError
    from mspe.common.plugins import load_plugins
    from mspe.pipeline.labelled import read_labelled
    from mspe.pipeline.scored_data import read_for
    from mspe.pipeline.trained_model import TrainedModel

    if arguments.target and arguments.input is None:
        raise MspeError(f"--target {arguments.target[0]}: allowed for a table; name it, or leave --target out")
    load_plugins(arguments.plugin)
    trained = TrainedModel.load(arguments.checkpoint, arguments.device)
    if arguments.input is None:
        evaluation = trained.evaluate(read_for(trained, arguments.split or "test"))
    else:
        labelled = read_labelled(trained, arguments.input, arguments.target, arguments.smiles_column)
        evaluation = trained.evaluate(labelled)
    print(json.dumps(evaluation.metrics, indent=2))
    return 0


EVALUATE = Subcommand(
    name="evaluate",
    summary="score a checkpoint on your labelled data or on a split of the pipeline's, as JSON",
    examples=(
        "mspe evaluate models/0/best.pt molecules.csv --target logP",
        "mspe evaluate models/0/best.pt --split val",
    ),
    add_arguments=_add_arguments,
    run=_run,
)
