"""`mspe evaluate`: a checkpoint's scores on a split, as JSON."""

from typing import TYPE_CHECKING

from mspe.commands.arguments import add_checkpoint
from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _add_arguments(parser: "ArgumentParser") -> None:
    add_checkpoint(parser)
    parser.add_argument(
        "--split", choices=("train", "val", "test"), default="test", help="of data/graphs (default: %(default)s)"
    )


def _run(arguments: "Namespace") -> int:
    import json

    from mspe.common.plugins import load_plugins
    from mspe.pipeline.scored_data import read_for
    from mspe.pipeline.trained_model import TrainedModel

    load_plugins(arguments.plugin)
    trained = TrainedModel.load(arguments.checkpoint, arguments.device)
    print(json.dumps(trained.evaluate(read_for(trained, arguments.split)).metrics, indent=2))
    return 0


EVALUATE = Subcommand(
    name="evaluate",
    summary="score a checkpoint on a split of the pipeline's data, as JSON",
    examples=("mspe evaluate models/0/best.pt --split val",),
    add_arguments=_add_arguments,
    run=_run,
)
