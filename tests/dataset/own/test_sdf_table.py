"""Molecules in SD files."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset.own.sdf_table import read_sdf
from mspe.graphs.molecules import canonical_smiles


def record(structure: str, title: str = "", **properties: str) -> str:
    """A molecule as RDKit writes it, with a conformer that stereocentres can be read from."""
    from rdkit import Chem
    from rdkit.Chem import rdDepictor

    molecule = Chem.MolFromSmiles(structure)
    molecule.SetProp("_Name", title)
    rdDepictor.Compute2DCoords(molecule)
    fields = "".join(f"> <{name}>\n{text}\n\n" for name, text in properties.items())
    return f"{Chem.MolToMolBlock(molecule)}{fields}$$$$\n"


def write(folder: Path, *records: str) -> Path:
    path = folder / "own.sdf"
    path.write_bytes("".join(records).encode())
    return path


def test_structures_titles_and_properties_are_columns(tmp_path: Path) -> None:
    records = record("CCO", "a", logP="1.5"), record("c1ccccc1", "b", note="two\nlines"), record("CC")
    table = read_sdf(write(tmp_path, *records))
    assert (table.unit, table.columns, table.problems) == ("record", ["smiles", "name", "logP", "note"], {})
    assert table.rows == [
        (1, ["CCO", "a", "1.5", ""]),
        (2, ["c1ccccc1", "b", "", "two\nlines"]),
        (3, ["CC", "", "", ""]),
    ]


def test_stereocentres_charges_isotopes_and_fragments_survive(tmp_path: Path) -> None:
    smiles = ["C[C@H](N)C(=O)O", "C/C=C\\C", "[13CH3]O", "[Na+].[Cl-]", "C[N+](=O)[O-]", "C[C@H]1CC[C@@H](C)CC1"]
    table = read_sdf(write(tmp_path, *map(record, smiles)))
    assert [row[0] for _, row in table.rows] == [canonical_smiles(text) for text in smiles]


def test_a_property_called_name_wins_over_the_title_and_none_over_the_structure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = read_sdf(write(tmp_path, record("CCO", "title", name="ethanol", smiles="CC")))
    assert dict(zip(table.columns, table.rows[0][1], strict=True)) == {"smiles": "CCO", "name": "ethanol"}
    assert "the property 'smiles' of 1 records is not used" in caplog.text


def test_line_ends_of_windows_and_a_tail_of_blank_lines_do_no_harm(tmp_path: Path) -> None:
    whole = record("CCO", "a", logP="1.5") + record("CC", "b", logP="2")
    expected = read_sdf(write(tmp_path, whole))
    for content in (whole.replace("\n", "\r\n"), f"{whole}\n\n", whole.removesuffix("$$$$\n"), whole[:-1]):
        assert read_sdf(write(tmp_path, content)) == expected


BROKEN = {
    "counts line": lambda good: good.replace("  3  2", "  9  2"),
    "cut": lambda good: good[:90] + "\n$$$$\n",
    "query": lambda good: good.replace(" O   0", " A   0"),
    "list of atoms": lambda good: good.replace(" O   0", " L   0").replace(
        "M  END", "M  ALS   3  2 F O   N   \nM  END"
    ),
    "any bond": lambda good: good.replace("  2  3  1", "  2  3  5"),
    "text": lambda good: "no structure\n$$$$\n",
    "valence": lambda good: good.replace(" C   0  0", " F   0  0"),
    "end of record missing": lambda good: good.replace("$$$$\n", "") + good,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_record_is_known_by_its_number_and_takes_no_other_along(tmp_path: Path, kind: str) -> None:
    good = record("CCO", "a", logP="1.5")
    table = read_sdf(write(tmp_path, good, BROKEN[kind](good), record("CC")))
    assert [number for number, _ in table.rows] == [1, 2, 3]
    assert [row[0] for _, row in table.rows] == ["CCO", "", "CC"]
    assert list(table.problems) == [2] and table.problems[2].reason == "unreadable record"


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_a_record_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(MspeError, match="no record; the file needs a structure and a line of"):
        read_sdf(write(tmp_path, content))
