"""`mspe range`: how far a checkpoint looks."""

from typing import TYPE_CHECKING

from mspe.commands.arguments import add_checkpoint, add_figures, add_smiles_column
from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _add_arguments(parser: "ArgumentParser") -> None:
    from mspe.common.arguments import whole_number

    add_checkpoint(parser)
    parser.add_argument(
        "input",
        nargs="?",
        help="PyG graphs (.pt) or molecules (.csv, .smi, .sdf); default: the test part of data/graphs",
    )
    parser.add_argument("--graphs", type=whole_number(1, 10**6), default=32, help="at most (default: %(default)s)")
    parser.add_argument("--nodes", type=whole_number(1, 10**6), default=4, help="per graph (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn (default: %(default)s)")
    add_smiles_column(parser)
    parser.add_argument(
        "--output", default="range.html", help="the page; or .json, .csv, .tex, .md (default: %(default)s)"
    )
    add_figures(parser)


def _run(arguments: "Namespace") -> int:
    from mspe.common.plugins import load_plugins
    from mspe.influence import check_ending
    from mspe.pipeline.encoding import read_file
    from mspe.pipeline.scored_data import read_for
    from mspe.pipeline.trained_model import TrainedModel

    check_ending(arguments.output)
    load_plugins(arguments.plugin)
    trained = TrainedModel.load(arguments.checkpoint, arguments.device)
    given = arguments.input
    graphs = read_for(trained, "test") if given is None else read_file(given, arguments.smiles_column)
    report = trained.range(graphs, arguments.graphs, arguments.nodes, seed=arguments.seed)
    report.save(arguments.output)
    if arguments.figures is not None:
        report.save(f"{arguments.figures}/")
    print(report)
    print(f"{arguments.output} holds the rest")
    return 0


RANGE = Subcommand(
    name="range",
    summary="measure how far a checkpoint looks: a table, a page, and an answer in words",
    examples=(
        "mspe range models/0/best.pt",
        "mspe range models/0/best.pt molecules.csv --nodes 16 --output range.html",
    ),
    add_arguments=_add_arguments,
    run=_run,
)
