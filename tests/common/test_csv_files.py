"""Tables as CSV files."""

from pathlib import Path

import pytest

from mspe.common.csv_files import write_csv


def test_csv_columns_must_have_equal_lengths(tmp_path: Path) -> None:
    write_csv(tmp_path / "file.csv", {"a": [1, 2], "b": [0.5, None]})
    assert (tmp_path / "file.csv").read_text() == "a,b\n1,0.5\n2,\n"
    with pytest.raises(ValueError, match="shorter"):
        write_csv(tmp_path / "file.csv", {"a": [1, 2], "b": [1]})
