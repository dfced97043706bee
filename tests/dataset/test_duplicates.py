"""Samples that stand in two splits."""

import logging
from pathlib import Path

import pytest

from mspe.dataset import get_dataset
from mspe.dataset.duplicates import count_duplicates, identify_molecules

WRITINGS = {
    "C[C@H](N)C(=O)O": [
        "N[C@@H](C)C(=O)O",
        "OC(=O)[C@H](C)N",
        "InChI=1S/C3H7NO2/c1-2(4)3(5)6/h2H,4H2,1H3,(H,5,6)/t2-/m0/s1",
    ],
    "c1ccccc1": ["C1=CC=CC=C1", "[cH]1ccccc1", "[CH:3]1=[CH:2]C=CC=C1", "[H]c1ccccc1"],
    "[Na+].[Cl-]": ["[Cl-].[Na+]"],
    "C/C=C\\C": ["C\\C=C/C", "C(=C\\C)\\C", "CC=CC |c:1|"],
    "C[N+](=O)[O-]": ["CN(=O)=O"],
}


@pytest.mark.parametrize(("smiles", "others"), WRITINGS.items())
def test_a_molecule_written_otherwise_is_the_same(smiles: str, others: list[str]) -> None:
    assert count_duplicates(identify_molecules([smiles, "CCO"]), identify_molecules(others)) == len(others)


def test_other_molecules_are_not() -> None:
    others = ["C[C@@H](N)C(=O)O", "CC(N)C(=O)O", "[13CH3][C@H](N)C(=O)O", "C[C@H](N)C(=O)[O-]"]
    assert count_duplicates(identify_molecules(["C[C@H](N)C(=O)O"]), identify_molecules(others)) == 0


def test_test_molecules_that_stand_in_train_under_another_smiles_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    train = [f"{'C' * length}O,{length},train" for length in range(1, 10)]
    rest = ["OCC,1,test", "C(O)C,2,test", "CN,3,test", "CCN,1,val", "NC,2,val"]
    path = tmp_path / "molecules.csv"
    path.write_text("\n".join(["smiles,target,split", *train, *rest]) + "\n")
    with caplog.at_level(logging.WARNING):
        get_dataset("smiles", path=str(path))
    leaks = [message for message in caplog.messages if "leakage" in message]
    assert leaks == ["smiles: test leakage: 2 of 3 test graphs are also training graphs; their scores are optimistic"]
