"""Arguments that several verbs have."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser


def add_checkpoint(parser: "ArgumentParser") -> None:
    """Add the checkpoint that a verb uses, with the device and the plug-ins that it needs."""
    parser.add_argument("checkpoint", help="a file that the train stage wrote: models/<seed>/best.pt")
    add_device(parser)
    add_plugins(parser)


def add_device(parser: "ArgumentParser") -> None:
    """Add `--device`."""
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:<number> (default: %(default)s)")


def add_plugins(parser: "ArgumentParser") -> None:
    """Add `--plugin`, of which there may be several."""
    parser.add_argument(
        "--plugin", action="append", default=[], metavar="FILE", help="a Python file with encodings; may be repeated"
    )


def add_figures(parser: "ArgumentParser") -> None:
    """Add `--figures`, a folder for the page's figures."""
    parser.add_argument(
        "--figures", metavar="FOLDER", help="also write each figure as .svg, .pdf, .png, and its numbers as .csv, .json"
    )


def add_overwrite(parser: "ArgumentParser") -> None:
    """Add `--overwrite`, without which an output that is there is refused."""
    parser.add_argument("--overwrite", action="store_true", help="replace an output that is there already")


def add_root(parser: "ArgumentParser") -> None:
    """Add `--root`, the folder of raw data."""
    parser.add_argument("--root", default="data/raw", help="where a dataset's raw files lie (default: %(default)s)")


def add_smiles_column(parser: "ArgumentParser") -> None:
    """Add `--smiles-column`, the column of molecules."""
    parser.add_argument("--smiles-column", default="smiles", help="of a CSV file (default: %(default)s)")
