"""Tables as CSV files."""

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.numbers import parse_number
from mspe.common.shown import shortened, shown
from mspe.common.text_files import read_text

_REMEDY = "run the stage that writes it (`dvc repro`)"

# What a spreadsheet takes for a formula: a sign, of full width too, after blanks or marks that are not seen, and more.
_FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠].*\S", re.DOTALL)


def write_csv(path: str | Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns of equal length as a CSV file with a header, atomically; None is an empty cell.

    Text that a spreadsheet would execute, and no more, is preceded by an apostrophe: see `harmless`.
    """
    write_text(path, format_csv(columns))


def format_csv(columns: Mapping[str, Sequence[Any]]) -> str:
    """Return the text that `write_csv` writes."""
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    return "".join(_line([harmless(cell) for cell in row]) for row in rows)


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


def read_csv(path: str | Path, needed: Collection[str] = ()) -> dict[str, list[float]]:
    """Read a table of numbers, as columns; an empty cell is NaN.

    Parameters
    ----------
    path
        The file.
    needed
        Columns that it must have, among others.

    Raises
    ------
    MspeError
        If the file cannot be read, lacks a column or has a header alone, or a row is cut short or holds
        something else than numbers.
    """
    text = read_text(path, _REMEDY)
    try:
        header, *rows = list(csv.reader(text.splitlines())) or [[]]
    except csv.Error as error:
        raise MspeError(f"{path}: not a table ({error}); {_REMEDY}") from None
    if len(set(header)) < len(header) or not set(needed) <= set(header):
        expected = f"columns {', '.join(needed)}" if needed else "distinct columns"
        raise MspeError(f"{path}: row 1: got {shortened(', '.join(header))}, expected {expected}; {_REMEDY}")
    if not rows:
        raise MspeError(f"{path}: damaged, a header alone, expected rows below it; {_REMEDY}")
    numbers = [_numbers(path, header, row, number) for number, row in enumerate(rows, 2)]
    return {name: [row[place] for row in numbers] for place, name in enumerate(header)}


def _numbers(path: str | Path, header: Sequence[str], row: Sequence[str], number: int) -> list[float]:
    if len(row) != len(header):
        raise MspeError(f"{path}: row {number}: {len(row)} cells, expected {len(header)}; {_REMEDY}")
    values = []
    for name, cell in zip(header, row, strict=True):
        try:
            values.append(float(cell or "nan"))
        except ValueError:
            problem = f"{shortened(name)}: got {shown(cell)}, expected a number"
            raise MspeError(f"{path}: row {number}: {problem}; {_REMEDY}") from None
    return values
