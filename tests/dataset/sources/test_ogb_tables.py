"""OGB's tables: gaps, numbers out of range, and what is missing."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from mspe.common.errors import MspeError
from mspe.dataset.sources.ogb_tables import find_folder, read_numbers, read_table


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_an_empty_cell_is_nan_where_it_may_be(tmp_path: Path) -> None:
    path = written(tmp_path, "1,,0\n,,\n0,1,\n")
    values = read_table(path, np.float32, gaps=True)
    assert np.array_equal(values, [[1, np.nan, 0], [np.nan] * 3, [0, 1, np.nan]], equal_nan=True)
    with pytest.raises(MspeError, match="cannot be read"):
        read_table(path, np.float32)


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    path = written(tmp_path, "3\n0\n")
    assert read_numbers(path, 4).tolist() == [[3], [0]]
    with pytest.raises(MspeError, match=rf"^{path}: holds numbers outside 0 to 2; take the published file$"):
        read_numbers(path, 3)


def test_a_dataset_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"ogbg-x: raw files are missing in .*/ogbg_x; .* as OGB's Reader\('ogbg-x'\)"):
        find_folder(tmp_path, "ogbg-x", "Reader")
    (tmp_path / "ogbg_x").mkdir()
    assert find_folder(tmp_path, "ogbg-x", "Reader") == tmp_path / "ogbg_x"
