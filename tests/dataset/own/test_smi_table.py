"""Molecules in `.smi` files."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset.own.smi_table import read_smi

NAMED = (["smiles", "name"], [["CCO", "ethanol"], ["CC", "ethane gas"]])
FILES = {
    "CCO ethanol\nCC ethane gas\n": NAMED,
    "CCO\tethanol\r\nCC\tethane gas\r\n": NAMED,
    "smiles name\nCCO ethanol\nCC   ethane gas": NAMED,
    "\ufeffSMILES\tname\nCCO\tethanol\n\nCC\tethane gas\n": NAMED,
    "canonical_smiles\tname\nCCO\tethanol\nCC\tethane gas\n": NAMED,
    "CCO\nCC\n": (["smiles"], [["CCO"], ["CC"]]),
    "SMILES\nCCO\nCC\n": (["smiles"], [["CCO"], ["CC"]]),
    "CCO 1\nCC\n": (["smiles", "name"], [["CCO", "1"], ["CC", ""]]),  # a name may be missing
    "CCO\ta\t1.5\nCC\tb\t2\n": (["smiles", "name", "column 3"], [["CCO", "a", "1.5"], ["CC", "b", "2"]]),
    "smiles id logP\nCCO a 1.5\nCC b 2\n": (["smiles", "id", "logP"], [["CCO", "a", "1.5"], ["CC", "b", "2"]]),
    "SMILES\tlogP\nCCO\t1.5\n": (["smiles", "logP"], [["CCO", "1.5"]]),
    "CC=CC |c:1| cis\n": (["smiles", "name"], [["CC=CC |c:1|", "cis"]]),  # the extension belongs to the molecule
    "CC=CC |c:1|\n": (["smiles"], [["CC=CC |c:1|"]]),
    "C1CC broken\nCCO a\n": (["smiles", "name"], [["C1CC", "broken"], ["CCO", "a"]]),  # no header, and not swallowed
}


@pytest.mark.parametrize(("content", "expected"), FILES.items())
def test_every_line_is_a_molecule_and_what_follows_it(
    tmp_path: Path, content: str, expected: tuple[list[str], list[list[str]]]
) -> None:
    path = tmp_path / "own.smi"
    path.write_bytes(content.encode())
    table = read_smi(path)
    assert (table.columns, [row for _, row in table.rows]) == expected


def test_rows_are_numbered_by_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "own.smi"
    path.write_text("smiles name\n\nCCO a\n\n\nCC b\n")
    assert [number for number, _ in read_smi(path).rows] == [3, 6]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no molecule; the file needs a line per molecule"),
        (b"smiles name\n", "no molecule"),
        (b"smiles\ta\ta\nC\t1\t2\n", "duplicate column 'a'; rename one"),
        (b"\xff\xfe", "not UTF-8 text"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "own.smi"
    path.write_bytes(content)
    with pytest.raises(MspeError, match=message):
        read_smi(path)


def test_a_table_with_commas_is_named(tmp_path: Path) -> None:
    path = tmp_path / "molecules.smi"
    path.write_text("C,1.5\nCC,2.5\n")
    with pytest.raises(MspeError, match=r"line 1: cells are separated by commas, .* rename it to .csv"):
        read_smi(path)
