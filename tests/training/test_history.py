"""A run's history, epoch by epoch."""

import json
import math
from pathlib import Path

import pytest
import torch

from mspe.training.history import append_epoch, write_curve, write_history
from tests.training.fixtures import loaders, make_trainer


def test_an_epoch_without_a_usable_batch_leaves_a_gap_in_the_history(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, skip_nonfinite=True)
    trainer.scheduler = None
    with torch.no_grad():
        trainer.model.output.bias.fill_(math.nan)
    with pytest.warns(UserWarning, match="val loss was undefined in every epoch"):
        trainer.fit(*loaders(), epochs=1)
    with torch.no_grad():
        trainer.model.output.bias.zero_()
    history = trainer.fit(*loaders(), epochs=2)
    assert {len(values) for values in history.values()} == {2}
    assert math.isnan(history["train_mae"][0]) and math.isfinite(history["train_mae"][1])
    assert history["train_skipped"] == [5.0, 0.0]


def test_epochs_before_a_loaded_checkpoint_are_gaps() -> None:
    history: dict[str, list[float]] = {}
    append_epoch(history, 3, {"lr": 0.1})
    assert [math.isnan(value) for value in history["lr"]] == [True, True, False]


def test_the_best_epoch_is_written_without_its_learning_rate(tmp_path: Path) -> None:
    history = {"val_loss": [0.5, 0.25, 0.75], "lr": [0.1, 0.1, 0.1]}
    write_history(tmp_path / "history.json", history, best_epoch=2, num_parameters=9)
    written = json.loads((tmp_path / "history.json").read_text())
    assert written == {"epochs": 3, "best_epoch": 2, "parameters": 9, "val_loss": 0.25}
    write_curve(tmp_path / "curve.csv", history)
    assert (tmp_path / "curve.csv").read_text().split()[:2] == ["epoch,val_loss,lr", "1,0.5,0.1"]
