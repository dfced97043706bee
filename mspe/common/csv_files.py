"""Tables as CSV files."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.shown import shortened, shown
from mspe.common.text_files import read_text

_REMEDY = "run the stage that writes it (`dvc repro`)"


def write_csv(path: str | Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns of equal length as a CSV file with a header, atomically; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    write_text(path, text.getvalue())


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
        If the file cannot be read, lacks a column, or a row is cut short or holds something else than numbers.
    """
    text = read_text(path, _REMEDY)
    try:
        header, *rows = list(csv.reader(text.splitlines())) or [[]]
    except csv.Error as error:
        raise MspeError(f"{path}: not a table ({error}); {_REMEDY}") from None
    if len(set(header)) < len(header) or not set(needed) <= set(header):
        expected = f"columns {', '.join(needed)}" if needed else "distinct columns"
        raise MspeError(f"{path}: row 1: got {shortened(', '.join(header))}, expected {expected}; {_REMEDY}")
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
