"""Tables that users write: read whole, with every complaint naming the file and the line."""

import csv
import io
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.common.numbers import parse_number
from mspe.common.shown import first_of
from mspe.common.unpacking import refuse_special, unpack_gzip
from mspe.graphs.validation import Problem

logger = logging.getLogger(__name__)

_GZIP = b"\x1f\x8b"
SEPARATORS = ",;\t|"
_NAMED_COLUMNS = 50
_DECLARED = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)  # how spreadsheets are told


@dataclass(frozen=True)
class Table:
    """A CSV file with a header, or what is read as one.

    Attributes
    ----------
    path
        Of the file.
    columns
        Their names.
    rows
        (line in the file, cells) of each row that is not empty.
    labels
        Columns that name the samples, which are targets only where they are asked for.
    unit
        What the numbers of the rows count.
    problems
        By number of the row, why it could not be read; its cells are empty.
    """

    path: Path
    columns: list[str]
    rows: list[tuple[int, list[str]]]
    labels: tuple[str, ...] = ()
    unit: str = "line"
    problems: Mapping[int, Problem] = field(default_factory=dict)

    def position(self, column: str, parameter: str) -> int:
        """Position of a column.

        Raises
        ------
        MspeError
            If there is none of this name; the message names the parameter to set.
        """
        if column not in self.columns:
            names = name_columns(self.columns)
            raise MspeError(f"{self.path}: no column {column!r}; its columns are {names}; set {parameter}")
        return self.columns.index(column)


def name_columns(columns: Sequence[str]) -> str:
    """Return the names of columns, for an error; of very many the first ones.

    Examples
    --------
    >>> name_columns(["", "smiles"])
    'one without a name, smiles'
    """
    return first_of([name or "one without a name" for name in columns], _NAMED_COLUMNS)


def name_column(name: str) -> str:
    """Return what a column is called in a message.

    Examples
    --------
    >>> name_column("logP"), name_column("")
    ("column 'logP'", 'a column without a name')
    """
    return f"column {name!r}" if name else "a column without a name"


def read_table(path: str | Path) -> Table:
    """Read a table: UTF-8, a header, cells quoted with double quotes where they hold a separator; gzip by its suffix.

    Columns are separated by commas, semicolons, tabs or bars: by which the header has most of, or as a first line
    `sep=;` says. What else spreadsheets leave behind is not read: empty rows, cells that are empty after the last
    column, and columns that have neither a name nor a cell.

    Raises
    ------
    MspeError
        If the file is missing, is no such table, has a quote that takes in whole rows, names a column twice, or has no
        row.
    """
    path = Path(path)
    text = read_text(path)
    header = next((line for line in text.split("\n") if line.strip(f"{SEPARATORS} \r")), "")
    declared = _DECLARED.match(header)
    likely = max(SEPARATORS, key=header.count)  # the first, a comma, where there is none
    separator = declared[1] if declared else likely
    if separator != SEPARATORS[0]:
        logger.info("%s: columns are separated by %r", path, separator)
    header_row = int(bool(declared))
    (_, names), *rows = _read_rows(path, text, separator, header_row)[header_row:] or [(1, [""])]
    columns, rows = _without_empty([" ".join(name.split()) for name in names], rows)
    check_columns(path, columns)
    if not rows:
        raise MspeError(f"{path}: no rows under the header; the file needs one line a sample")
    return Table(path, columns, rows)


def _without_empty(columns: list[str], rows: list[tuple[int, list[str]]]) -> tuple[list[str], list]:
    """A table without columns that have neither a name nor a cell, and without empty cells after its last column."""
    width = len(columns)
    rows = [(line, row[:width] if not any(cell.strip() for cell in row[width:]) else row) for line, row in rows]
    nameless = [place for place, name in enumerate(columns) if not name]
    empty = {place for place in nameless if not any(place < len(row) and row[place].strip() for _, row in rows)}
    if not empty or len(empty) == width:
        return columns, rows
    kept = [(line, [cell for place, cell in enumerate(row) if place not in empty]) for line, row in rows]
    return [name for place, name in enumerate(columns) if place not in empty], kept


def check_columns(path: Path, columns: Sequence[str]) -> None:
    """Refuse a header that names a column twice.

    Raises
    ------
    MspeError
        If it does.
    """
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        what = f"duplicate column {twice[0]!r}" if twice[0] else "several columns without a name"
        raise MspeError(f"{path}: line 1: {what}; rename one")


def read_text(path: Path) -> str:
    """Read a whole file of UTF-8 text, gzip by its suffix or content; what ends a line is left to the reader of rows.

    Raises
    ------
    MspeError
        If it is missing, or no such text.
    """
    refuse_special(path)
    if not path.is_file():
        raise MspeError(f"{path}: no such file; set dataset.path to a CSV file")
    content = path.read_bytes()
    if path.suffix.lower() == ".gz" or content.startswith(_GZIP):
        content = unpack_gzip(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MspeError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def _read_rows(path: Path, text: str, separator: str, header_row: int) -> list[tuple[int, list[str]]]:
    """(last line, cells) of each row that is not empty; `header_row` is the position of the header among them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    model: list[str] = []  # the last row that is as wide as the header
    line = 0
    try:
        for row in reader:
            if model and _holds_rows(row, separator, model):
                raise csv.Error(f"a quoted cell goes on to line {reader.line_num}, over whole rows")
            line = reader.line_num
            if any(cell.strip() for cell in row):
                rows.append((line, row))
                if len(rows) <= header_row + 1 or len(row) == len(rows[header_row][1]):
                    model = row
    except csv.Error as error:
        raise MspeError(
            f"{path}: line {line + 1}: not a row of a table ({error}); a quote that opens a cell has to close it: "
            'remove it, or write a quote within a cell as "" and quote the cell'
        ) from None
    return rows


def _holds_rows(row: Sequence[str], separator: str, model: Sequence[str]) -> bool:
    """Whether lines within a cell are rows, as where a stray quote swallows rows; `model` is the row before, or header.

    One whole line of as many cells is enough; the first and the last line, with what stands beside the cell, both have
    to be like the model.
    """
    for place, lines in ((place, cell.splitlines()) for place, cell in enumerate(row) if "\n" in cell or "\r" in cell):
        cells = [next(csv.reader([line], delimiter=separator), []) for line in lines]
        ends = [[*row[:place], *cells[0]], [*cells[-1], *row[place + 1 :]]]
        if len(model) > 1 and (
            any(len(line) == len(model) for line in cells[1:-1]) or all(_is_like(end, model) for end in ends)
        ):
            return True
    return False


def _is_like(row: Sequence[str], model: Sequence[str]) -> bool:
    """Whether a row has as many cells as another, and numbers where that has numbers."""
    if len(row) != len(model):
        return False
    of_numbers = [cell for cell, other in zip(row, model, strict=True) if parse_number(other) is not None]
    return all(parse_number(cell) is not None for cell in of_numbers)


class RejectedRows:
    """Rows, or graphs, that cannot be used, by reason: left out and counted, or refused at the first one.

    Parameters
    ----------
    path
        The file, or folder, that they come from.
    strict
        Whether to refuse.

    Attributes
    ----------
    counts
        How many, by reason.

    Examples
    --------
    >>> rejected = RejectedRows(Path("molecules.csv"), strict=False)
    >>> rejected.add("line 3", Problem("unreadable SMILES", "'C1CC'"))
    >>> rejected.dropped()
    {'dropped_unreadable_smiles': 1}
    """

    def __init__(self, path: Path, strict: bool) -> None:
        self.path = path
        self.strict = strict
        self._places: dict[str, list[str]] = {}

    def add(self, place: str, problem: Problem) -> None:
        """Take a sample: where it stands, and why it cannot be used.

        Raises
        ------
        MspeError
            If the user asked to refuse.
        """
        if self.strict:
            raise MspeError(f"{self.path}: {place}: {problem}; correct it, or set dataset.strict=false to leave it out")
        self._places.setdefault(problem.reason, []).append(f"{place} ({problem.detail})")

    def account(self, total: int, used: int, what: str = "rows", repeats: int = 0) -> str:
        """Describe what became of so many rows, or graphs; the rest is of graphs that are left out."""
        left = sum(map(len, self._places.values()))
        others = {"repeats of an edge": repeats, "of graphs left out": total - used - left - repeats}
        rest = "".join(f" + {count} {kind}" for kind, count in others.items() if count)
        reasons = "; ".join(f"{len(places)} {reason}: {first_of(places)}" for reason, places in self._places.items())
        return f"{self.path}: {total} {what} read = {used} used + {left} left out{rest}" + f" ({reasons})" * bool(left)

    def unknown(self) -> tuple[str, ...]:
        """Describe cells of samples that are used, which count as unknown; a line a reason, in the log too."""
        lines = tuple(
            f"{self.path}: {len(places)} cells count as unknown: {reason}: {first_of(places)}"
            for reason, places in self._places.items()
        )
        for line in lines:
            logger.warning("%s", line)
        return lines

    def dropped(self) -> dict[str, int]:
        """Number left out by reason; each reason is a line in the log with the first few places."""
        for reason, places in self._places.items():
            logger.warning("%s: left out %d: %s: %s", self.path, len(places), reason, first_of(places))
        return {f"dropped_{reason.lower().replace(' ', '_')}": len(places) for reason, places in self._places.items()}


def describe_dropped(dropped: Mapping[str, int]) -> str:
    """Describe for an error what `RejectedRows.dropped` counts.

    Examples
    --------
    >>> describe_dropped({"dropped_no_target": 2})
    '2 no target'
    """
    reasons = (f"{count} {reason.removeprefix('dropped_').replace('_', ' ')}" for reason, count in dropped.items())
    return ", ".join(reasons) or "there is none"
