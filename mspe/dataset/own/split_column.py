"""Which column of a table says the part of the split."""

import logging
import re
from collections.abc import Sequence

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import Table
from mspe.dataset.own.split_names import COLUMNS, find_part
from mspe.graphs import SPLITS

logger = logging.getLogger(__name__)

_MEANING = {"split", "fold", "folds", "kfold", "train", "training", "test", "testing", "validation", "holdout"}
_BESIDE = {"is", "in", "set", "mask", "cv", "k", "random", "scaffold", "id", "idx", "index", "no", "number", "data"}
_REMEDY = "set dataset.split (random, for example) to make the split otherwise, or rename the column"


def find_split_column(table: Table, asked: str, taken: Sequence[str]) -> str:
    """Return the column that holds the parts of the split: the one asked for, one that holds them, or is called so."""
    if asked in table.columns:
        return asked
    free = {name.lower(): name for name in table.columns if name not in taken}
    holding = [name for name in free.values() if holds_parts(table, name)]
    return next(iter([*holding, *(free[word] for word in COLUMNS if word in free)]), asked)


def holds_parts(table: Table, column: str) -> bool:
    """Return whether most cells of a column that are not empty are parts of a split, and there are several."""
    parts = [find_part(cell) for cell in _cells(table, column) if cell.strip()]
    known = [part for part in parts if part is not None]
    return 2 * len(known) > len(parts) and len(set(known)) > 1


def check_split_column(table: Table, column: str, asked: str, taken: Sequence[str]) -> None:
    """Refuse a table whose split is not understood: were it ignored, another one than the user's would be made.

    Parameters
    ----------
    table
        It may have no column of the split.
    column
        That of the split, as `find_split_column` gives it.
    asked
        `dataset.split_column`.
    taken
        Columns that hold something else.

    Raises
    ------
    MspeError
        If several columns hold parts, one that is called as one of a split holds something else, or, of the column
        asked for, so many cells that there is nothing to train or to test on.
    """
    if column in table.columns:
        known = {find_part(cell) for cell in _cells(table, column)}
        if column != asked or not {"train", "test"} <= known:
            _check_parts(table, column)
    if column == asked and column in table.columns:
        return
    free = [name for name in table.columns if name not in (*taken, column)]
    other = next((name for name in free if holds_parts(table, name)), None)
    if other is not None:
        raise MspeError(
            f"{table.path}: columns {column!r} and {other!r} both hold parts of a split; set dataset.split_column"
        )
    for name in free if column not in table.columns else ():
        if _is_called_so(name) and len(set(_cells(table, name))) <= len(table.rows) / 2:
            _check_parts(table, name)
    if column in table.columns:
        logger.info("%s: the split is that of column %r", table.path, column)


def _cells(table: Table, column: str) -> list[str]:
    position = table.columns.index(column)
    return [row[position] for _, row in table.rows if position < len(row)]


def _is_called_so(name: str) -> bool:
    """Whether all words of a name are such as a column of a split has: `is_train`, `scaffold_split`, `cv_fold`."""
    words = set(re.findall("[a-z]+", name.lower()))
    return bool(words & _MEANING) and words <= _MEANING | _BESIDE


def _check_parts(table: Table, column: str) -> None:
    position = table.columns.index(column)
    for line, row in table.rows:
        if position < len(row) and row[position].strip() and find_part(row[position]) is None:
            raise MspeError(
                f"{table.path}: {table.unit} {line}: column {column!r} looks like that of a split, but holds "
                f"{row[position]!r}, allowed: {', '.join(SPLITS)}; {_REMEDY}"
            )
