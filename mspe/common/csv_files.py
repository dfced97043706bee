"""Tables as CSV files."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.files import write_text


def write_csv(path: str | Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns of equal length as a CSV file with a header, atomically; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    write_text(path, text.getvalue())


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
