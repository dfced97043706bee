"""QM9, from files as PyG leaves them."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset, unsplit_source

HEADER = "mol_id,A,B,C,mu,alpha,homo,lumo,gap,r2,zpve,u0,u298,h298,g298,cv,u0_atom,u298_atom,h298_atom,g298_atom"
COUNT = 40
HARTREE = 27.211386246


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)


def write(folder: Path, skipped: tuple[int, ...] = (3, 7)) -> Path:
    """Chains with hydrogens; column k of row i of the table holds i + k / 100."""
    from rdkit import Chem
    from rdkit.Chem import AllChem

    raw = folder / "QM9" / "raw"
    raw.mkdir(parents=True)
    records, rows = [], [HEADER]
    for number in range(1, COUNT + 1):
        molecule = Chem.AddHs(Chem.MolFromSmiles("C" * (number % 5 + 1) + ("O", "N", "#N", "=O")[number % 4]))
        AllChem.Compute2DCoords(molecule)
        molecule.SetProp("_Name", f"gdb_{number}")
        records.append(Chem.MolToMolBlock(molecule) + "$$$$\n")
        rows.append(",".join([f"gdb_{number}", *(f"{number + column / 100}" for column in range(19))]))
    (raw / "gdb9.sdf").write_text("".join(records))
    (raw / "gdb9.sdf.csv").write_text("\n".join(rows) + "\n")
    lines = ["a line of the header"] * 9 + [f"  {number}  gdb_{number}  reason" for number in skipped] + ["-----", ""]
    (raw / "uncharacterized.txt").write_text("\n".join(lines))
    return raw


def test_a_target_is_chosen_by_its_name_and_excluded_molecules_are_counted(tmp_path: Path) -> None:
    write(tmp_path)
    dataset = get_dataset("qm9", root=tmp_path)
    assert sum(map(len, dataset.get_splits())) == COUNT - 2
    assert dataset.schema.counts["dropped_uncharacterized"] == 2
    assert any("dropped uncharacterized 2" in line for line in dataset.summary)
    values = sorted(y for part in dataset.get_splits() for y in part.fields["y"].flatten().tolist())
    kept = [number for number in range(1, COUNT + 1) if number not in (3, 7)]
    assert values == pytest.approx([(number + 0.07) * HARTREE for number in kept], rel=1e-5)  # gap is column 7, in eV
    both = get_dataset("qm9", root=tmp_path, target_columns=["A", "mu"])
    assert both.schema.classes == ("A", "mu") and both.num_classes == 2
    first = sorted(y for part in both.get_splits() for y in part.fields["y"][:, 0].tolist())
    assert first == pytest.approx(kept, rel=1e-5)


def test_atoms_and_bonds_are_categories_with_hydrogens(tmp_path: Path) -> None:
    write(tmp_path)
    schema = get_dataset("qm9", root=tmp_path).schema
    assert (schema.node_features, schema.edge_features) == ("categorical", "categorical")
    assert schema.node_vocabularies[0] == (1, 6, 7, 8) and len(schema.edge_vocabularies) == 1


def test_a_comparison_may_name_the_target_and_no_other_option_of_files(tmp_path: Path) -> None:
    write(tmp_path)
    assert len(unsplit_source("qm9", root=str(tmp_path), target_columns="homo").graphs) == COUNT - 2
    with pytest.raises(MspeError, match=r"dataset\.target_columns: got nope, allowed for qm9: mu, alpha, homo"):
        unsplit_source("qm9", root=str(tmp_path), target_columns="nope")
    with pytest.raises(MspeError, match="dataset: got task, allowed for qm9: none of"):
        unsplit_source("qm9", root=str(tmp_path), target_columns="homo", task="regression")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("gdb9.sdf.csv", "mu,alpha", "alpha,mu", r"gdb9\.sdf\.csv: has the columns .*take the published file"),
        ("gdb9.sdf.csv", "gdb_5,", "gdb_6,", r"qm9: record 5 of gdb9\.sdf is gdb_5, but that row of .* is gdb_6"),
        ("gdb9.sdf", "gdb_9\n", "$$$$\ngdb_9\n", r"gdb9\.sdf: has 41 structures, but gdb9\.sdf\.csv has 40 rows"),
        ("uncharacterized.txt", "\n-----\n", "", r"uncharacterized\.txt: cut off"),
        ("uncharacterized.txt", "  3  ", "  three  ", r"QM9: the raw files in .* cannot be read"),
    ],
)
def test_files_that_do_not_fit_are_one_line(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    path = write(tmp_path) / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(MspeError, match=message) as error:
        get_dataset("qm9", root=tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("file", ["gdb9.sdf", "uncharacterized.txt", None])
def test_what_is_missing_is_not_downloaded(tmp_path: Path, file: str | None) -> None:
    if file is not None:
        (write(tmp_path) / file).unlink()
    with pytest.raises(MspeError, match=r"QM9: raw files are missing in .*the library downloads none of it"):
        get_dataset("qm9", root=tmp_path)
