"""`mspe encode`: encodings added to graphs, or drawn on one."""

from typing import TYPE_CHECKING

from mspe.commands.arguments import add_overwrite, add_plugins, add_root, add_smiles_column
from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _add_arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("input", help="a dataset's name, PyG graphs (.pt), or molecules (.csv, .smi, .sdf)")
    parser.add_argument(
        "output", nargs="?", help="the .pt file to write; of a dataset: a folder, with a file per split"
    )
    add_overwrite(parser)
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
    add_root(parser)
    add_smiles_column(parser)
    add_plugins(parser)


def _run(arguments: "Namespace") -> int:
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


ENCODE = Subcommand(
    name="encode",
    summary="add encodings to the graphs of a dataset or a file",
    examples=(
        "mspe encode graphs.pt encoded.pt --preset rwse",
        "mspe encode nci encoded --bank data/encodings/bank.json",
        "mspe encode nci --plot scales.png --graph 7 --encoding heat=[0.5,2,8] --encoding rings",
    ),
    add_arguments=_add_arguments,
    run=_run,
)
