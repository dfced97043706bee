"""Molecules in a `.smi` file: a SMILES string per line, and what follows it."""

import re
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import Table, check_columns, read_text
from mspe.graphs.molecules import BLANKS

_MOLECULE = re.compile(r"\S+(?: +\|[^|]*\|)?")  # an extension of CXSMILES belongs to it


def read_smi(path: str | Path) -> Table:
    """Read a `.smi` file as a table: columns separated by tabs, else a SMILES string, blanks and a name.

    A first line whose first word has "smiles" in it names the columns, but for the first, which is `smiles` here.
    Without one they are `smiles`, `name`, `column 3` and so on. A row may lack cells at its end.

    Raises
    ------
    MspeError
        If the file is missing, is no text, names a column twice, has no molecule, or is a table with commas.
    """
    path = Path(path)
    lines = [(number, line.strip(BLANKS)) for number, line in enumerate(read_text(path).split("\n"), 1)]
    by_tab = any("\t" in line for _, line in lines)
    rows = [(number, _split(line, by_tab)) for number, line in lines if line]
    columns = ["smiles"]
    if rows and "smiles" in rows[0][1][0].lower():
        names = rows.pop(0)[1][1:]
        columns += names if by_tab else " ".join(names).split()
    else:
        width = max((len(row) for _, row in rows), default=0)
        columns += ["name", *(f"column {number}" for number in range(3, width + 1))][: width - 1]
    if len(columns) > 2 and not by_tab:
        rows = [(number, [row[0], *" ".join(row[1:]).split()]) for number, row in rows]
    check_columns(path, columns)
    joined = [number for number, row in rows if "," in row[0].partition(" ")[0]]
    if 2 * len(joined) > len(rows):
        raise MspeError(
            f"{path}: line {joined[0]}: cells are separated by commas, allowed in a .smi file: tabs or blanks; rename "
            "it to .csv, with a header"
        )
    if not rows:
        raise MspeError(f"{path}: no molecule; the file needs a line per molecule")
    return Table(path, columns, [(number, _pad(row, len(columns))) for number, row in rows], labels=("name",))


def _split(line: str, by_tab: bool) -> list[str]:
    """The cells of a line; the first is its molecule."""
    molecule = _MOLECULE.match(line)
    if by_tab or molecule is None:
        return line.split("\t")
    name = line[molecule.end() :].strip(BLANKS)
    return [molecule[0], name] if name else [molecule[0]]


def _pad(row: list[str], width: int) -> list[str]:
    return row + [""] * (width - len(row))
