"""The user's own molecules, from the file to the graphs."""

import logging
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset

MOLECULES = [f"{'C' * length}{end}" for length in range(1, 6) for end in ("", "O", "N", "Cl")]


def write(path: Path, rows: list[str], header: str = "smiles,target") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def numbered() -> list[str]:
    return [f"{smiles},{number / 2}" for number, smiles in enumerate(MOLECULES)]


def test_a_molecule_of_foreign_letters_is_left_out_with_its_line_and_letter(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "own.csv", [*numbered(), "\u0421CO,1", "CC\u00a0,2", "CCO junk,3", "CC>>CO,4"])
    with caplog.at_level(logging.WARNING):
        counts = get_dataset("smiles", path=str(path)).schema.counts
    assert counts == {"train": 16, "val": 2, "test": 2, "dropped_unreadable_smiles": 4}
    assert caplog.messages[0] == (
        f"{path}: left out 4: unreadable SMILES: line 22 ('\u0421CO': U+0421 CYRILLIC CAPITAL LETTER ES), "
        "line 23 ('CC\\xa0': U+00A0 NO-BREAK SPACE), line 24 ('CCO junk': text after a blank), "
        "line 25 ('CC>>CO': a reaction)"
    )


def test_inchis_are_read_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path / "own.csv", [*numbered()[:-1], '"InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3",5'])
    with caplog.at_level(logging.INFO):
        dataset = get_dataset("smiles", path=str(path))
    assert sum(map(len, dataset.get_splits())) == 20
    assert f"{path}: 1 of 20 molecules are given as InChI" in caplog.messages


@pytest.mark.parametrize("names", [("train", "valid", "test"), ("x_Train", "x_dev", "x_Test"), ("test", "train")])
def test_a_part_of_a_split_is_not_taken_for_the_whole(tmp_path: Path, names: tuple[str, ...]) -> None:
    text = "smiles,y\n" + "".join(f"{'C' * (i + 1)},{i}.5\n" for i in range(20))
    for name in names:
        (tmp_path / f"{name}.csv").write_text(text)
    path = str(tmp_path / f"{names[0]}.csv")
    with pytest.raises(
        MspeError, match=rf"part of a split by its name, but .*{names[1]}.csv.* are not read; join them"
    ):
        get_dataset("smiles", path=path)
    assert len(get_dataset("smiles", path=path, split="random").train) == 16
    for name in names[1:]:
        (tmp_path / f"{name}.csv").unlink()
    assert len(get_dataset("smiles", path=path).train) == 16
