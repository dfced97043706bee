"""A table of predictions from a checkpoint and a file."""

import runpy
import sys
from pathlib import Path

import pytest

from mspe.cli import main
from mspe.dataset import GraphDataset
from tests.conftest import ROOT


def test_the_command_writes_a_table_and_its_status_follows_strict(
    regression: tuple[GraphDataset, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, output = tmp_path / "new.csv", tmp_path / "out.csv"
    path.write_text("smiles\nCCO\nC1CC\n")
    arguments = [str(regression[1]), str(path), "--output", str(output)]
    assert main(["predict", *arguments]) == 0
    counted = "1 predictions, and a reason for each of 1 without one"
    assert counted in capsys.readouterr().out
    written = output.read_text()
    header, first, second = written.splitlines()
    assert header == "smiles,prediction,reason"
    assert first.startswith("CCO,") and second == "C1CC,,unreadable SMILES: 'C1CC'"
    monkeypatch.setattr(sys, "argv", ["predict.py", *arguments, "--strict", "--overwrite"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "mspe" / "predict.py"), run_name="__main__")  # `python -m mspe.predict`
    assert ended.value.code == 1 and counted in capsys.readouterr().out and output.read_text() == written
    with pytest.raises(SystemExit, match=r"^error: nothing\.csv"):
        main(["predict", str(regression[1]), "nothing.csv"])


def test_the_table_is_named_after_the_input_and_keeps_its_columns(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    path.write_text('name,smiles,note\na,CCO,"1, 2"\nb,CCN\n')
    assert main(["predict", str(regression[1]), str(path)]) == 0
    header, first, second = (tmp_path / "new.predictions.csv").read_text().splitlines()
    assert header == "name,smiles,note,prediction,reason"
    assert first.startswith('a,CCO,"1, 2",') and second.startswith("b,CCN,,") and second.endswith(",")


@pytest.mark.parametrize("output", [["--output", "new.csv"], ["--output", "./new.csv"], []])
def test_nothing_is_written_over_what_is_there(
    regression: tuple[GraphDataset, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    call = ["predict", str(regression[1]), "new.csv", *output]
    for file in ("new.csv", "new.predictions.csv"):
        Path(file).write_text("smiles\nCCO\n")
    with pytest.raises(SystemExit, match=r"is there already; choose another output, or give --overwrite to replace it"):
        main(call)
    assert {path.read_text() for path in tmp_path.iterdir()} == {"smiles\nCCO\n"}
    assert main([*call, "--overwrite"]) == 0
    assert "smiles,prediction,reason" in {path.read_text().splitlines()[0] for path in tmp_path.iterdir()}
