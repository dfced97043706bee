"""The console command `mspe`: each subcommand reads its arguments, calls the library, and prints.

What a subcommand needs is imported when it runs, so that help is there at once, and argparse after an interrupt is
handled.
"""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mspe import __version__
from mspe.common.command import command

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


class Subcommand(NamedTuple):
    """One of the command's verbs.

    Attributes
    ----------
    summary
        What it does, in a line.
    examples
        Commands as a user types them.
    add_arguments
        Declares its arguments.
    run
        Does it; returns the exit status.
    """

    summary: str
    examples: tuple[str, ...]
    add_arguments: Callable[["ArgumentParser"], None]
    run: Callable[["Namespace"], int]


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
        verb_parser = verbs.add_parser(
            name,
            help=verb.summary,
            description=verb.summary[0].upper() + verb.summary[1:] + ".",
            epilog="\n".join(["examples:", *(f"  {example}" for example in verb.examples)]),
        )
        verb.add_arguments(verb_parser)
        verb_parser.set_defaults(run=verb.run)
    return parser


def _add_checkpoint(parser: "ArgumentParser") -> None:
    parser.add_argument("checkpoint", help="a file that the train stage wrote: models/<seed>/best.pt")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:<number> (default: %(default)s)")
    _add_plugins(parser)


def _add_plugins(parser: "ArgumentParser") -> None:
    parser.add_argument(
        "--plugin", action="append", default=[], metavar="FILE", help="a Python file with encodings; may be repeated"
    )


def _predict_arguments(parser: "ArgumentParser") -> None:
    _add_checkpoint(parser)
    parser.add_argument("input", help="molecules (.csv with a column of SMILES, .smi, .sdf) or PyG graphs (.pt)")
    parser.add_argument(
        "--output", help="the table of predictions (default: of molecules.csv, molecules.predictions.csv beside it)"
    )
    _add_overwrite(parser)
    parser.add_argument("--smiles-column", default="smiles", help="of a CSV file (default: %(default)s)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a sample could not be predicted")


def _add_overwrite(parser: "ArgumentParser") -> None:
    parser.add_argument("--overwrite", action="store_true", help="replace an output that is there already")


def _predict(arguments: "Namespace") -> int:
    from pathlib import Path

    from mspe.common.csv_files import write_csv
    from mspe.common.files import refuse_existing
    from mspe.common.plugins import load_plugins
    from mspe.pipeline.prediction import predict, read_samples
    from mspe.pipeline.trained_model import TrainedModel

    output = arguments.output or Path(arguments.input).with_suffix(".predictions.csv")
    if not arguments.overwrite:
        refuse_existing(output)
    load_plugins(arguments.plugin)
    trained = TrainedModel.load(arguments.checkpoint, arguments.device)
    samples = read_samples(arguments.input, arguments.smiles_column)
    write_csv(output, predict(trained, samples))
    failed = sum(sample.graph is None for sample in samples)
    without = f", and a reason for each of {failed} without one" if failed else ""
    print(f"{output}: {len(samples) - failed} predictions{without}")
    return int(arguments.strict and failed > 0)


def _evaluate_arguments(parser: "ArgumentParser") -> None:
    _add_checkpoint(parser)
    parser.add_argument(
        "--split", choices=("train", "val", "test"), default="test", help="of data/graphs (default: %(default)s)"
    )


def _evaluate(arguments: "Namespace") -> int:
    import json

    from mspe.common.plugins import load_plugins
    from mspe.pipeline.scored_data import read_for
    from mspe.pipeline.trained_model import TrainedModel

    load_plugins(arguments.plugin)
    trained = TrainedModel.load(arguments.checkpoint, arguments.device)
    print(json.dumps(trained.evaluate(read_for(trained, arguments.split)).metrics, indent=2))
    return 0


def _range_arguments(parser: "ArgumentParser") -> None:
    from mspe.common.arguments import whole_number

    _add_checkpoint(parser)
    parser.add_argument(
        "input",
        nargs="?",
        help="PyG graphs (.pt) or molecules (.csv, .smi, .sdf); default: the test part of data/graphs",
    )
    parser.add_argument("--graphs", type=whole_number(1, 10**6), default=32, help="at most (default: %(default)s)")
    parser.add_argument("--nodes", type=whole_number(1, 10**6), default=4, help="per graph (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn (default: %(default)s)")
    parser.add_argument("--smiles-column", default="smiles", help="of a CSV file (default: %(default)s)")
    parser.add_argument("--output", default="range.html", help="the page, or .json (default: %(default)s)")


def _range(arguments: "Namespace") -> int:
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
    print(report)
    print(f"{arguments.output} holds the rest")
    return 0


def _encode_arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("input", help="a dataset's name, PyG graphs (.pt), or molecules (.csv, .smi, .sdf)")
    parser.add_argument(
        "output", nargs="?", help="the .pt file to write; of a dataset: a folder, with a file per split"
    )
    _add_overwrite(parser)
    bank = parser.add_mutually_exclusive_group()
    bank.add_argument("--preset", default="default", help="a published encoding by name (default: %(default)s)")
    bank.add_argument("--bank", metavar="FILE", help="a resolved bank, as data/encodings/bank.json holds it")
    bank.add_argument("--checkpoint", help="the bank of a trained model")
    bank.add_argument(
        "--encoding", action="append", metavar="NAME[=VALUE]", help="one by name, as in params.yaml; may be repeated"
    )
    parser.add_argument("--plot", metavar="PICTURE", help="draw the channels on a graph: .png, .svg or .pdf")
    parser.add_argument(
        "--graph", type=int, default=0, metavar="N", help="the graph that is drawn, of the first split, from 0"
    )
    parser.add_argument("--source", type=int, metavar="NODE", help="draw pair channels too, from this node")
    parser.add_argument("--attribute", default="pe", help="of a graph: holds [nodes, channels] (default: %(default)s)")
    parser.add_argument("--spectrum", action="store_true", help="also add eigenvalues and eigenvectors")
    parser.add_argument("--root", default="data/raw", help="where a dataset's raw files lie (default: %(default)s)")
    parser.add_argument("--smiles-column", default="smiles", help="of a CSV file (default: %(default)s)")
    _add_plugins(parser)


def _encode(arguments: "Namespace") -> int:
    from mspe.common.errors import MspeError
    from mspe.common.files import refuse_existing
    from mspe.common.plugins import load_plugins
    from mspe.encodings import AddMultiScalePE
    from mspe.pipeline.encoding import choose_bank, plot_graph, read_input, resolve_encodings, write_encoded

    if arguments.output is None and arguments.plot is None:
        raise MspeError("mspe encode: got neither an output nor --plot; give the file to write, or --plot PICTURE")
    if arguments.plot is not None and not arguments.overwrite:
        refuse_existing(arguments.plot)
    load_plugins(arguments.plugin)
    graphs = read_input(arguments.input, arguments.root, arguments.smiles_column)
    if arguments.encoding:
        bank = resolve_encodings(arguments.encoding, next(iter(graphs.values())))
    else:
        bank = choose_bank(arguments.preset, arguments.bank, arguments.checkpoint)
    if arguments.plot is not None:
        plot_graph(next(iter(graphs.values())), arguments.graph, bank, arguments.plot, arguments.source)
        print(f"{arguments.plot}: graph {arguments.graph} of {arguments.input}")
    if arguments.output is None:
        return 0
    add = AddMultiScalePE(bank, arguments.attribute, arguments.spectrum)
    channels, trained = ([n for e in part for n in e.node_channels] for part in (bank.stored, bank.evaluated))
    for path, count in write_encoded(graphs, add, arguments.output, arguments.overwrite).items():
        print(f"{path}: {count} graphs, {arguments.attribute} of {len(channels)} channels: {', '.join(channels)}")
    if trained:
        print(f"not added, since they are trained with a model: {', '.join(trained)}; TrainedModel.encode adds them")
    return 0


def _profile_arguments(parser: "ArgumentParser") -> None:
    from mspe.common.arguments import whole_number

    parser.add_argument("model", help="a checkpoint (models/<seed>/best.pt), or parameters (.yaml) with their dataset")
    parser.add_argument(
        "graphs",
        nargs="?",
        help="of a checkpoint: a dataset's name, graphs (.pt), or molecules (.csv, .smi, .sdf) (default: data/graphs)",
    )
    parser.add_argument("--output", metavar="FILE", help="a JSON file with all numbers")
    _add_overwrite(parser)
    parser.add_argument(
        "--batch-size", type=whole_number(1, 10**6), default=32, help="graphs of the batch (default: %(default)s)"
    )
    parser.add_argument("--root", default="data/raw", help="where a dataset's raw files lie (default: %(default)s)")
    parser.add_argument("--smiles-column", default="smiles", help="of a CSV file (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:<number> (default: %(default)s)")
    _add_plugins(parser)


def _profile(arguments: "Namespace") -> int:
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


def _no_arguments(parser: "ArgumentParser") -> None:
    pass


def _report(arguments: "Namespace") -> int:
    from mspe.pipeline.summary import read_summary

    print(read_summary())
    return 0


def _recipe_arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("recipe", help="a YAML file of parameters, such as recipes/zinc_graphgps.yaml")


def _recipe(arguments: "Namespace") -> int:
    from mspe.pipeline.recipe import PARAMS, put_recipe

    changed = put_recipe(arguments.recipe)
    if not changed:
        print(f"nothing changes: {PARAMS} has every value of {arguments.recipe}")
        return 0
    print(*changed, sep="\n")
    print(f"{PARAMS} is written; next: dvc repro (and `git checkout {PARAMS}` takes the recipe back)")
    return 0


def _compare_arguments(parser: "ArgumentParser") -> None:
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
    parser.add_argument("--minutes", type=_minutes, default=30.0, help="the budget (default: %(default)g)")
    parser.add_argument("--more", action="store_true", help="add the seeds that would decide what is undecided")
    parser.add_argument("--split", help="random, stratified, scaffold, … (default: the dataset's own)")
    parser.add_argument("--limit", type=whole_number(1, 10**9), help="at most so many graphs a part, for a quick try")
    parser.add_argument("--root", default="data/raw", help="where a dataset's raw files lie (default: %(default)s)")
    parser.add_argument("--smiles-column", default="smiles", help="of a CSV file (default: %(default)s)")
    parser.add_argument("--jobs", type=whole_number(1, 1024), help="runs at a time (default: one per core)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:<number> (default: %(default)s)")
    parser.add_argument("--folder", help="keeps all runs (default: one in comparisons/, named by the graphs)")
    parser.add_argument("--output", default="comparison.html", help="the page (default: %(default)s)")
    _add_plugins(parser)


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


def _compare(arguments: "Namespace") -> int:
    from mspe.ablation.compare import ENCODINGS, compare
    from mspe.ablation.comparison import check_ending

    check_ending(arguments.output)
    given = {"target_columns": arguments.target, "task": arguments.task, "split": arguments.split}
    comparison = compare(
        arguments.source,
        arguments.encodings or ENCODINGS,
        minutes=arguments.minutes,
        baseline=arguments.baseline,
        named=arguments.confirm,
        by=arguments.by,
        more=arguments.more,
        folder=arguments.folder,
        jobs=arguments.jobs,
        device=arguments.device,
        plugins=arguments.plugin,
        limit=arguments.limit,
        root=arguments.root,
        smiles_column=arguments.smiles_column,
        **{name: value for name, value in given.items() if value is not None},
    )
    comparison.save(arguments.output)
    print(comparison)
    print(f"{arguments.output} is the page")
    return 0


def _ablation(arguments: "Namespace") -> int:
    import subprocess

    return subprocess.run(["dvc", "--wait-for-lock", "repro", "ablation/dvc.yaml"], check=False).returncode


def _datasets(arguments: "Namespace") -> int:
    from mspe.dataset import list_datasets

    for spec in list_datasets():
        print(f"{spec.name:<16} {spec.graphs}; target: {spec.target}; splits: {', '.join(spec.splits)}")
    return 0


def _encodings(arguments: "Namespace") -> int:
    from mspe.common.plugins import load_plugins
    from mspe.encodings import ENCODINGS
    from mspe.encodings.about import encoding_table

    load_plugins(arguments.plugin)
    print(encoding_table(dict(ENCODINGS.items())))
    return 0


SUBCOMMANDS = {
    "predict": Subcommand(
        "predict new molecules or graphs with a checkpoint; no other file is needed",
        (
            "mspe predict models/0/best.pt molecules.csv --output predictions.csv",
            "mspe predict models/0/best.pt new.pt",
        ),
        _predict_arguments,
        _predict,
    ),
    "evaluate": Subcommand(
        "score a checkpoint on a split of the pipeline's data, as JSON",
        ("mspe evaluate models/0/best.pt --split val",),
        _evaluate_arguments,
        _evaluate,
    ),
    "range": Subcommand(
        "measure how far a checkpoint looks: a table, a page, and an answer in words",
        ("mspe range models/0/best.pt", "mspe range models/0/best.pt molecules.csv --nodes 16 --output range.html"),
        _range_arguments,
        _range,
    ),
    "profile": Subcommand(
        "measure a training step on your graphs: parameters, multiply–adds, time and memory, and how they grow",
        (
            "mspe profile params.yaml",
            "mspe profile models/0/best.pt molecules.csv --output profile.json",
        ),
        _profile_arguments,
        _profile,
    ),
    "encode": Subcommand(
        "add encodings to the graphs of a dataset or a file",
        (
            "mspe encode graphs.pt encoded.pt --preset rwse",
            "mspe encode nci encoded --bank data/encodings/bank.json",
            "mspe encode nci --plot scales.png --graph 7 --encoding heat=[0.5,2,8] --encoding rings",
        ),
        _encode_arguments,
        _encode,
    ),
    "report": Subcommand(
        "print the summary over seeds that `dvc repro` wrote", ("mspe report",), _no_arguments, _report
    ),
    "recipe": Subcommand(
        "put a recipe into params.yaml, and print what that changes",
        ("mspe recipe recipes/zinc_graphgps.yaml",),
        _recipe_arguments,
        _recipe,
    ),
    "compare": Subcommand(
        "find out which encodings help on your graphs: a table, a page, and an answer in words",
        (
            "mspe compare molecules.csv --target logP --minutes 30",
            "mspe compare graphs.pt --encodings none,rwse,hkse,all",
            "mspe compare molecules.csv --target logP --minutes 30 --more",
            "mspe compare molecules.csv --target logP --by diameter",
        ),
        _compare_arguments,
        _compare,
    ),
    "ablation": Subcommand(
        "compare the encodings that ablation/params.yaml declares, recorded by DVC",
        ("mspe ablation",),
        _no_arguments,
        _ablation,
    ),
    "datasets": Subcommand(
        "list the datasets by name",
        ("mspe datasets",),
        _no_arguments,
        _datasets,
    ),
    "encodings": Subcommand(
        "list the encodings by name",
        ("mspe encodings", "mspe encodings --plugin my_encodings.py"),
        _add_plugins,
        _encodings,
    ),
}

if __name__ == "__main__":
    sys.exit(main())
