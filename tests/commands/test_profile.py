"""A checkpoint's cost, printed and written."""

import json
from pathlib import Path

import pytest

from mspe.cli import main
from mspe.dataset import GraphDataset
from mspe.pipeline import profile
from tests.pipeline.conftest import SMILES


def test_the_command_measures_a_checkpoint_on_molecules(
    regression: tuple[GraphDataset, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(profile, "_COPIES", (1, 2, 4))
    monkeypatch.setattr(profile, "LAYERS", (1, 2, 3))
    molecules, output = tmp_path / "molecules.csv", tmp_path / "profile.json"
    molecules.write_text("smiles\n" + "\n".join(SMILES[:5]) + "\n", encoding="utf-8")
    command = ["profile", str(regression[1]), str(molecules), "--output", str(output), "--device", "cpu"]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "multiply–adds" in shown and "5 graphs" in shown and "Growth with nodes" in shown
    content = json.loads(output.read_text())
    assert content["steps"][0]["by"] == "batch" and set(content["exponents"]) == {"nodes", "layers"}
    with pytest.raises(SystemExit, match="--overwrite"):
        main(command)
