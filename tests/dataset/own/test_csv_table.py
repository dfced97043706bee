"""Tables as people export them: separators, quotes, compression; every row is read, or the file refused."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.dataset.own.csv_table import read_table

ROWS = [[f"mol {i}", "C" * (i % 12 + 1) + "O", f"{0.1 * i:.1f}"] for i in range(120)]


def write(folder: Path, rows: list[list[str]], separator: str = ",", name: str = "data.csv") -> Path:
    lines = [["name", "smiles", "logP"], *rows]
    path = folder / name
    path.write_text("".join(separator.join(row) + "\n" for row in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_header_says_what_separates(tmp_path: Path, separator: str) -> None:
    table = read_table(write(tmp_path, ROWS, separator))
    assert table.columns == ["name", "smiles", "logP"] and [row for _, row in table.rows] == ROWS
    assert [line for line, _ in table.rows] == list(range(2, 122))


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nsmiles;logP\nC;1.5\nCC;2.5\n",
        '"sep=\t"\r\nsmiles\tlogP\r\nC\t1.5\r\nCC\t2.5\r\n',
        "\n \n,,\nsmiles,logP\nC,1.5\nCC,2.5\n",
        "smiles,logP,,\nC,1.5,,\nCC,2.5,,\n,,,\n",
        "smiles,,logP\nC,,1.5\nCC, ,2.5\n",
        "smiles,logP\nC,1.5,,\nCC,2.5,\n",
        "smiles,logP,\nC,1.5\nCC,2.5\n",
    ],
)
def test_what_spreadsheets_leave_behind_is_not_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(text.encode())
    table = read_table(path)
    assert table.columns == ["smiles", "logP"] and [row for _, row in table.rows] == [["C", "1.5"], ["CC", "2.5"]]
    path.write_bytes(gzip.compress(text.encode()))
    assert read_table(path) == table


def test_a_cell_after_the_last_column_is_not_left_aside(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("smiles,logP,\nC,1.5,x\nCC,2.5,,y\n")
    assert read_table(path).columns == ["smiles", "logP", ""] and len(read_table(path).rows[1][1]) == 4


def test_a_compressed_table_is_read_and_a_damaged_one_refused(tmp_path: Path) -> None:
    plain = write(tmp_path, ROWS)
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_table(path).rows == read_table(plain).rows
    whole = get_dataset("smiles", path=str(plain), target_columns=["logP"])
    assert get_dataset("smiles", path=str(path), target_columns=["logP"]).schema == whole.schema
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(MspeError, match="not a whole gzip file"):
        read_table(path)


@pytest.mark.parametrize(
    ("quotes", "line"),
    [
        ({10: '"five inch'}, 12),
        ({10: '"five inch', 90: 'twelve"'}, 12),
        ({10: '"five inch', 90: '"twelve'}, 12),
        ({10: '"five" inch'}, 12),
        ({118: '"five inch'}, 120),
    ],
)
def test_a_stray_quote_swallows_no_row(tmp_path: Path, quotes: dict[int, str], line: int) -> None:
    rows = [[quotes.get(i, row[0]), *row[1:]] for i, row in enumerate(ROWS)]
    with pytest.raises(MspeError, match=rf"data.csv: line {line}: not a row of a table") as caught:
        read_table(write(tmp_path, rows))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("opened", "closed"), [("5 inch", 'n"'), ('"5 inch', 'n"')])
def test_a_stray_quote_at_the_end_swallows_no_row(tmp_path: Path, opened: str, closed: str) -> None:
    notes = {10: opened, 11: closed}
    path = tmp_path / "data.csv"
    lines = ["smiles,logP,note", *(f"{row[1]},{row[2]},{notes.get(i, 'n')}" for i, row in enumerate(ROWS))]
    path.write_text("\n".join(lines) + "\n")
    try:
        assert len(read_table(path).rows) == len(ROWS)
    except MspeError as error:
        assert "line 12: not a row of a table" in str(error)


@pytest.mark.parametrize("text", ['"two\nlines"', '"two, lines\nof, text"', '"a\r\nb"', '"\n"', '"three\n\nlines"'])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_text_of_several_lines_is_one_cell(tmp_path: Path, text: str, place: int) -> None:
    rows = [[*row] for row in ROWS]
    rows[7][place] = text
    assert len(read_table(write(tmp_path, rows)).rows) == len(ROWS)


def test_quotes_that_are_meant_are_kept(tmp_path: Path) -> None:
    meant = {3: '5" pipe', 4: '"a ""quoted"", word"', 5: '"two\nlines"', 6: '"three\n\nlines, as text"'}
    table = read_table(write(tmp_path, [[meant.get(i, row[0]), *row[1:]] for i, row in enumerate(ROWS)]))
    assert len(table.rows) == 120 and [row[1:] for _, row in table.rows] == [row[1:] for row in ROWS]
    assert [row[0] for _, row in table.rows[3:7]] == [
        '5" pipe', 'a "quoted", word', "two\nlines", "three\n\nlines, as text",
    ]  # fmt: skip


@given(places=st.sets(st.integers(0, 119), max_size=3), ends=st.booleans())
def test_every_row_is_read_or_the_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, places: set[int], ends: bool
) -> None:
    rows = [
        [(row[0] + '"' if ends else '"' + row[0]) if i in places else row[0], *row[1:]] for i, row in enumerate(ROWS)
    ]
    path = write(tmp_path_factory.mktemp("table"), rows)
    try:
        table = read_table(path)
    except MspeError:
        return
    assert [row[1:] for _, row in table.rows] == [row[1:] for row in ROWS]


def test_a_column_without_a_name_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(",SMILES,logP\n" + "".join(f"{i},{row[1]},{row[2]}\n" for i, row in enumerate(ROWS)))
    with pytest.raises(MspeError, match=r"columns are one without a name, SMILES, logP; set dataset.smiles_column"):
        get_dataset("smiles", path=str(path))


def test_a_stray_quote_swallows_no_row_under_a_named_separator(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('sep=;\nsmiles;target;note\nCCO;1;a\nCC;2;"b\nCCC;3;c\nCCCC;4;d\nC;5;e"\n')
    with pytest.raises(MspeError, match=r"data\.csv: line 4: not a row of a table"):
        read_table(path)
