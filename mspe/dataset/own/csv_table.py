"""Tables that users write: read whole, with every complaint naming the file and the line."""

import csv
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.graphs.validation import Problem

logger = logging.getLogger(__name__)

_NAMED_PLACES = 5


@dataclass(frozen=True)
class Table:
    """A CSV file with a header.

    Attributes
    ----------
    path
        Of the file.
    columns
        Their names.
    rows
        (line in the file, cells) of each row that is not empty.
    """

    path: Path
    columns: list[str]
    rows: list[tuple[int, list[str]]]

    def position(self, column: str, parameter: str) -> int:
        """Position of a column.

        Raises
        ------
        MspeError
            If there is none of this name; the message names the parameter to set.
        """
        if column not in self.columns:
            raise MspeError(
                f"{self.path}: no column {column!r}; its columns are {', '.join(self.columns)}; set {parameter}"
            )
        return self.columns.index(column)


def read_table(path: str | Path) -> Table:
    """Read a CSV file: UTF-8, commas, a header, cells quoted with double quotes where they hold a comma.

    Raises
    ------
    MspeError
        If the file is missing, is no such table, names a column twice, or has no row.
    """
    path = Path(path)
    if not path.is_file():
        raise MspeError(f"{path}: no such file; set dataset.path to a CSV file")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            columns = [" ".join(name.split()) for name in next(reader, [])]
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except UnicodeDecodeError as error:
        raise MspeError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except csv.Error as error:
        raise MspeError(f"{path}: not a CSV table ({error}); save it with commas and a header") from None
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise MspeError(f"{path}: line 1: duplicate column {twice[0]!r}; rename one")
    if not rows:
        raise MspeError(f"{path}: no rows under the header; the file needs one line a sample")
    return Table(path, columns, rows)


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

    def dropped(self) -> dict[str, int]:
        """Number left out by reason; each reason is a line in the log with the first few places."""
        for reason, places in self._places.items():
            first = ", ".join(places[:_NAMED_PLACES])
            more = f" and {len(places) - _NAMED_PLACES} more" if len(places) > _NAMED_PLACES else ""
            logger.warning("%s: left out %d: %s: %s%s", self.path, len(places), reason, first, more)
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
