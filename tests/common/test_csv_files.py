"""Tables as CSV files."""

import csv
import math
from pathlib import Path

import pytest

from mspe.common.csv_files import harmless, read_csv, write_csv
from mspe.common.errors import MspeError


def test_csv_columns_must_have_equal_lengths(tmp_path: Path) -> None:
    write_csv(tmp_path / "file.csv", {"a": [1, 2], "b": [0.5, None]})
    assert (tmp_path / "file.csv").read_text() == "a,b\n1,0.5\n2,\n"
    with pytest.raises(ValueError, match="shorter"):
        write_csv(tmp_path / "file.csv", {"a": [1, 2], "b": [1]})


def test_a_header_alone_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text("a,b\n")
    with pytest.raises(MspeError, match=r"file.csv: damaged, a header alone, expected rows below it; run the stage"):
        read_csv(tmp_path / "file.csv")


def test_numbers_are_read_as_columns_and_an_empty_cell_is_nan(tmp_path: Path) -> None:
    write_csv(tmp_path / "file.csv", {"a": [1, 2], "b": [0.5, None]})
    columns = read_csv(tmp_path / "file.csv", ["b"])
    assert columns["a"] == [1.0, 2.0] and columns["b"][0] == 0.5 and math.isnan(columns["b"][1])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "row 1: got , expected columns a"),
        (b"b,c\n1,2\n", "row 1: got b, c, expected columns a"),
        (b"a,a\n1,2\n", "row 1: got a, a, expected columns a"),
        (b"a,b\n1,2\n1\n", "row 3: 1 cells, expected 2"),
        (b"a,b\n1,2,3\n", "row 2: 3 cells, expected 2"),
        (b"a,b\n1,2\n\n1,2\n", "row 3: 0 cells, expected 2"),
        (b"a,b\n1,x\n", "row 2: b: got 'x', expected a number"),
        (b"a,b\n1,\xff\n", "line 2: not UTF-8 text"),
        (b"a,b\n1," + b"9" * 200_000, "not a table (field larger than field limit (131072))"),
    ],
)
def test_a_damaged_table_is_one_line_that_names_file_and_row(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "file.csv").write_bytes(content)
    with pytest.raises(MspeError) as raised:
        read_csv(tmp_path / "file.csv", ["a"])
    assert str(raised.value).startswith(f"{tmp_path / 'file.csv'}: {message}") and "\n" not in str(raised.value)


FORMULAS = [
    "=cmd|'/C calc'!A0", "+1+cmd|'/C calc'!A0", "-2+3+cmd|' /C calc'!D2", "@SUM(1+9)*cmd|'/C calc'!A0",
    " =1+1", "\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\x00=1", "-1;=2", "=\n1",
    "＝1+1", "＋1+1", "－a1", "＠SUM(1)", '=HYPERLINK("x")', "--1", "-a", "+a", "@a", "==1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(tmp_path: Path, text: str) -> None:
    """Neither as a cell nor as a name of a column, and it is still there as it was."""
    write_csv(tmp_path / "file.csv", {text: [text, f"a{text}"], "other": [1, 2]})
    with (tmp_path / "file.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [[f"'{text}", "other"], [f"'{text}", "1"], [f"a{text}", "2"]]
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.parametrize(
    "cell", [-1.5, 0, None, "-1.5", "+3", " -1e-05", "-", "+", "C=C", "[NH4+]", "a=b", "(-)-menthol", "", "1-2", "−1"]
)  # fmt: skip
def test_numbers_and_other_text_stay(tmp_path: Path, cell: object) -> None:
    write_csv(tmp_path / "file.csv", {"a": [cell], "b": [1]})
    assert (tmp_path / "file.csv").read_text() == f"a,b\n{'' if cell is None else cell},1\n"
