"""Files of molecules, each read by what it is."""

from pathlib import Path

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import Table, read_table
from mspe.dataset.own.sdf_table import read_sdf
from mspe.dataset.own.smi_table import read_smi

READERS = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), read_table),
    **dict.fromkeys((".smi", ".smiles", ".ism"), read_smi),
    **dict.fromkeys((".sdf", ".sd"), read_sdf),
}
"""By the ending of a file's name, after which `.gz` may follow."""


def read_molecule_table(path: str | Path) -> Table:
    """Read a file of molecules as a table.

    Raises
    ------
    MspeError
        If its name has another ending, or it cannot be read.
    """
    ending = Path(Path(path).name.lower().removesuffix(".gz")).suffix
    if ending not in READERS:
        raise MspeError(
            f"{path}: no such file of molecules is read, allowed: {', '.join(READERS)}, also with .gz after it, "
            "PyG graphs in .pt files; convert it, or rename it"
        )
    return READERS[ending](path)
