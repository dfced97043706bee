"""Molecules and their targets from a file, as `fit` takes them."""

import logging
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.estimators import GraphClassifier, GraphRegressor, read_molecules
from tests.estimators.fixtures import CHAINS, KINDS, LENGTHS, SMALL


def table(folder: Path, head: str, rows: list[str]) -> Path:
    path = folder / "molecules.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_numbers_and_classes_are_what_fit_takes(tmp_path: Path) -> None:
    rows = [f"{chain},{length},{kind}" for chain, length, kind in zip(CHAINS, LENGTHS, KINDS, strict=True)]
    path = table(tmp_path, "smiles,length,kind", rows)
    smiles, lengths = read_molecules(path, "length")
    assert smiles == CHAINS and lengths.tolist() == LENGTHS
    assert GraphRegressor("rwse", **SMALL).fit(smiles, lengths).predict(["CCO"]).shape == (1,)
    smiles, kinds = read_molecules(path, "kind")
    assert kinds.tolist() == KINDS
    assert GraphClassifier("rwse", **SMALL).fit(smiles, kinds).classes_.tolist() == ["not", "polar"]


def test_rows_without_use_are_counted_and_a_column_of_the_split_has_no_effect(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = table(tmp_path, "smiles,target,split", ["CCO,1.5,train", "C1CC,2,test", "CC,,val", "CN,-3,test"])
    with caplog.at_level(logging.WARNING):
        smiles, targets = read_molecules(path, "target")
    assert smiles == ["CCO", "CN"] and targets.tolist() == [1.5, -3]
    assert "left out 1: unreadable SMILES: line 3 ('C1CC')" in caplog.text
    assert "left out 1: no target: line 4 ('CC')" in caplog.text


def test_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match="'mass'"):
        read_molecules(table(tmp_path, "smiles,target", ["CCO,1"]), "mass")
