"""Scores of a checkpoint, printed for another program."""

import json
from pathlib import Path

import pytest
import torch

from mspe.cli import main
from mspe.dataset import GraphDataset
from mspe.graphs import PackedGraphs
from mspe.pipeline import scored_data
from mspe.pipeline.trained_model import TrainedModel


@pytest.mark.parametrize("split", ["val", "test"])
def test_scores_of_a_split_are_printed_as_json(
    regression: tuple[GraphDataset, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    split: str,
) -> None:
    dataset, checkpoint = regression

    def read_for(trained: TrainedModel, name: str) -> PackedGraphs:
        return getattr(dataset, name)

    monkeypatch.setattr(scored_data, "read_for", read_for)
    assert main(["evaluate", str(checkpoint), "--device", "cpu", "--split", split]) == 0
    expected = TrainedModel.load(checkpoint, "cpu").evaluate(getattr(dataset, split)).metrics
    assert json.loads(capsys.readouterr().out) == pytest.approx(expected)


def test_a_file_with_targets_is_scored(
    regression: tuple[GraphDataset, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, checkpoint = regression
    molecules = tmp_path / "new.csv"
    molecules.write_text("text,mass\nCCO,1.5\nCCN,-2\n", encoding="utf-8")
    columns = ["--target", "mass", "--smiles-column", "text"]
    assert main(["evaluate", str(checkpoint), str(molecules), "--device", "cpu", *columns]) == 0
    outputs = TrainedModel.load(checkpoint, "cpu").predict(["CCO", "CCN"]).flatten()
    expected = (outputs - torch.tensor([1.5, -2])).abs().mean().item()
    assert json.loads(capsys.readouterr().out)["mae"] == pytest.approx(expected)


def test_a_split_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", "best.pt", "--split", "tset"])
    assert stop.value.code == 2 and "invalid choice: 'tset'" in capsys.readouterr().err


def test_arguments_without_effect_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", "best.pt", "new.csv", "--split", "val"])
    assert stop.value.code == 2 and "not allowed with argument" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="--target mass: allowed for a table; name it"):
        main(["evaluate", "best.pt", "--target", "mass"])
