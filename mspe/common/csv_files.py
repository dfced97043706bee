"""Tables as CSV files."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.numbers import parse_number

# What a spreadsheet takes for a formula: a sign, of full width too, after blanks or marks that are not seen, and more.
_FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠].*\S", re.DOTALL)


def write_csv(path: str | Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns of equal length as a CSV file with a header, atomically; None is an empty cell.

    Text that a spreadsheet would execute, and no more, is preceded by an apostrophe: see `harmless`.
    """
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    write_text(path, "".join(_line([harmless(cell) for cell in row]) for row in rows))


def _line(cells: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # which quotes a cell with either of these
    return line.getvalue().removesuffix("\r\n") + "\n"


def harmless(cell: Any) -> Any:
    """Return a cell, text that would be a formula with an apostrophe before it, which makes it text in spreadsheets.

    Numbers stay, as text too, and so does a sign alone. No valid SMILES string begins with any of the signs.

    Examples
    --------
    >>> harmless("=1+1"), harmless(" @SUM(A1)"), harmless("-1.5"), harmless(-1.5), harmless("-"), harmless("C=C")
    ("'=1+1", "' @SUM(A1)", '-1.5', -1.5, '-', 'C=C')
    """
    if isinstance(cell, str) and _FORMULA.match(cell) and parse_number(cell) is None:
        return f"'{cell}"
    return cell


def read_csv(path: str | Path) -> dict[str, list[float]]:
    """Read a table of numbers, as columns; an empty cell is NaN.

    Raises
    ------
    MspeError
        If the file is missing.
    """
    path = Path(path)
    if not path.is_file():
        raise MspeError(f"{path}: no such file; run the stage that writes it (`dvc repro`)")
    header, *rows = csv.reader(path.read_text().splitlines())
    return {name: [float(row[i] or "nan") for row in rows] for i, name in enumerate(header)}
