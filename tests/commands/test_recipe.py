"""A recipe put into the parameters."""

import shutil
from pathlib import Path

import pytest
import yaml

from mspe.cli import main
from mspe.config import Params, load_params
from mspe.pipeline.recipe import apply_recipe
from tests.conftest import ROOT

GRAPHGPS = str(ROOT / "recipes" / "zinc_graphgps.yaml")


def test_the_command_prints_what_changes_and_a_second_time_that_nothing_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    expected = yaml.safe_load(apply_recipe(GRAPHGPS, ROOT / "params.yaml"))
    assert main(["recipe", GRAPHGPS]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "dataset.name: nci → zinc" in printed and "training.epochs: auto → 2000" in printed
    assert not any(line.startswith(("seeds", "model.hidden_dim")) for line in printed)  # these stay as they are
    assert "dvc repro" in printed[-1]
    assert load_params("params.yaml") == Params.model_validate(expected)
    once = Path("params.yaml").read_bytes()
    assert main(["recipe", GRAPHGPS]) == 0
    assert capsys.readouterr().out.startswith("nothing changes")
    assert Path("params.yaml").read_bytes() == once
