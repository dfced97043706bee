"""`mspe compare`: which encodings help on a user's graphs."""

from typing import TYPE_CHECKING

from mspe.commands.arguments import add_device, add_figures, add_plugins, add_root, add_smiles_column
from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _add_arguments(parser: "ArgumentParser") -> None:
    from mspe.common.arguments import whole_number

    parser.add_argument(
        "source", help="molecules (.csv, .smi, .sdf), PyG graphs (.pt, or a folder), or a dataset's name"
    )
    parser.add_argument("--target", action="append", metavar="COLUMN", help="of a table; may be repeated")
    tasks = ("regression", "classification", "edge_prediction")
    parser.add_argument("--task", choices=tasks, help="what is predicted (default: by the targets)")
    parser.add_argument(
        "--encodings", type=_names, metavar="NAME,…", help="variants (default: none and every published encoding)"
    )
    parser.add_argument("--baseline", default="none", help="what they are compared with (default: %(default)s)")
    parser.add_argument("--confirm", type=_names, default=(), metavar="NAME,…", help="variants confirmed in any case")
    parser.add_argument(
        "--by",
        choices=("distance", "diameter", "size", "none"),
        help="verdicts in buckets, too (default: distance of nodes and pairs, diameter and size of graphs)",
    )
    rounds = parser.add_mutually_exclusive_group()
    rounds.add_argument("--minutes", type=_minutes, help="the budget (default: 30)")
    rounds.add_argument("--seeds", type=whole_number(2, 1000), help="of every variant, instead of a budget")
    parser.add_argument("--epochs", type=whole_number(1, 10**6), help="of every run (default: by the data)")
    parser.add_argument("--more", action="store_true", help="add the seeds that would decide what is undecided")
    parser.add_argument("--split", help="random, stratified, scaffold, … (default: the dataset's own)")
    parser.add_argument("--limit", type=whole_number(1, 10**9), help="at most so many graphs a part, for a quick try")
    add_root(parser)
    add_smiles_column(parser)
    parser.add_argument("--jobs", type=whole_number(1, 1024), help="runs at a time (default: one per core)")
    add_device(parser)
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="of a Dask scheduler whose workers make the runs; or slurm, with --jobs"
    )
    parser.add_argument("--folder", help="keeps all runs (default: one in comparisons/, named by the graphs)")
    parser.add_argument(
        "--output", default="comparison.html", help="the page; or .json, .csv, .tex, .md (default: %(default)s)"
    )
    add_figures(parser)
    add_plugins(parser)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _minutes(text: str) -> float:
    from argparse import ArgumentTypeError

    from mspe.common.shown import shortened

    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < 10**6:
        raise ArgumentTypeError(f"got {shortened(text)}, allowed: a number above 0 and below 1000000")
    return minutes


def _training(epochs: int | None) -> dict[str, object]:
    """The section `training` of so many epochs, which are more than those of its warm-up."""
    return {} if epochs is None else {"epochs": epochs, "scheduler": {"warmup_epochs": min(3, epochs - 1)}}


def _run(arguments: "Namespace") -> int:
    from mspe.ablation.compare import ENCODINGS, compare
    from mspe.ablation.comparison import check_ending

    check_ending(arguments.output)
    given = {"target_columns": arguments.target, "task": arguments.task, "split": arguments.split}
    comparison = compare(
        arguments.source,
        arguments.encodings or ENCODINGS,
        minutes=arguments.minutes,
        confirm=None if arguments.seeds is None else {"seeds": arguments.seeds},
        training=_training(arguments.epochs),
        baseline=arguments.baseline,
        named=arguments.confirm,
        by=arguments.by,
        more=arguments.more,
        folder=arguments.folder,
        jobs=arguments.jobs,
        device=arguments.device,
        cluster=arguments.cluster,
        plugins=arguments.plugin,
        limit=arguments.limit,
        root=arguments.root,
        smiles_column=arguments.smiles_column,
        **{name: value for name, value in given.items() if value is not None},
    )
    comparison.save(arguments.output)
    if arguments.figures is not None:
        comparison.save(f"{arguments.figures}/")
    print(comparison)
    print(f"{arguments.output} is written")
    return 0


COMPARE = Subcommand(
    name="compare",
    summary="find out which encodings help on your graphs: a table, a page, and an answer in words",
    examples=(
        "mspe compare molecules.csv --target logP --minutes 30",
        "mspe compare graphs.pt --encodings none,rwse,hkse,all",
        "mspe compare graphs.pt --encodings none,rwse --seeds 3 --epochs 10",
        "mspe compare molecules.csv --target logP --minutes 30 --more",
        "mspe compare molecules.csv --target logP --by diameter",
        "mspe compare molecules.csv --target logP --cluster tcp://HOST:8786",
        "mspe compare molecules.csv --target logP --output table.tex --figures figures",
    ),
    add_arguments=_add_arguments,
    run=_run,
)
