"""`mspe predict`: new molecules or graphs through a checkpoint, as a table."""

from typing import TYPE_CHECKING

from mspe.commands.arguments import add_checkpoint, add_overwrite, add_smiles_column
from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _add_arguments(parser: "ArgumentParser") -> None:
    add_checkpoint(parser)
    parser.add_argument("input", help="molecules (.csv with a column of SMILES, .smi, .sdf) or PyG graphs (.pt)")
    parser.add_argument(
        "--output", help="the table of predictions (default: of molecules.csv, molecules.predictions.csv beside it)"
    )
    add_overwrite(parser)
    add_smiles_column(parser)
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a sample could not be predicted")


def _run(arguments: "Namespace") -> int:
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
    columns = predict(trained, samples)
    write_csv(output, columns)
    failed = sum(sample.graph is None for sample in samples)
    without = f", and a reason for each of {failed} without one" if failed else ""
    print(f"{output}: {len(columns['reason']) - failed} predictions{without}")
    return int(arguments.strict and failed > 0)


PREDICT = Subcommand(
    name="predict",
    summary="predict new molecules or graphs with a checkpoint; no other file is needed",
    examples=(
        "mspe predict models/0/best.pt molecules.csv --output predictions.csv",
        "mspe predict models/0/best.pt new.pt",
    ),
    add_arguments=_add_arguments,
    run=_run,
)
