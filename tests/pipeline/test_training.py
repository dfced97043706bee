"""A training run of one seed: what it writes, and what decides on it."""

import shutil
from contextlib import AbstractContextManager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.common.json_files import read_json
from mspe.config import RuntimeParams
from mspe.dataset import GraphDataset
from mspe.encodings import BankConfig
from mspe.models import ModelParams
from mspe.pipeline.trained_model import TrainedModel
from mspe.pipeline.training import RunPaths, TrainingData, train_seed
from mspe.training import Trainer
from mspe.training.config import TrainingParams
from tests.conftest import BANK

SMALL = ModelParams(hidden_dim=16, node_dim=6, num_layers=2)


def run(dataset: GraphDataset, folder: Path, seed: int = 0, resume: bool = False, **training: Any) -> Trainer:
    with started(dataset, folder, seed, resume, **training) as trainer:
        return trainer


def started(
    dataset: GraphDataset, folder: Path, seed: int = 0, resume: bool = False, **training: Any
) -> AbstractContextManager[Trainer]:
    data = TrainingData(dataset.schema, BankConfig.model_validate(BANK), dataset.train, dataset.val)
    names = [field.name for field in fields(RunPaths) if field.name != "resume"]
    paths = RunPaths(**{name: folder / name for name in names})
    runtime = RuntimeParams(device="cpu", resume=resume)
    params = TrainingParams.model_validate(
        {"epochs": 2, "batch_size": 8, "scheduler": {"warmup_epochs": 0}, **training}
    )
    return train_seed(seed, data, SMALL, params, runtime, paths, [], torch.device("cpu"))


def test_a_seed_decides_on_every_number_and_another_gives_others(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    dataset = regression[0]
    first, again, other = (run(dataset, tmp_path / name, seed) for name, seed in (("a", 0), ("b", 0), ("c", 1)))
    assert first.history == again.history != other.history
    assert (tmp_path / "a" / "curve").read_text() == (tmp_path / "b" / "curve").read_text()


@pytest.mark.parametrize("ema", [None, 0.9])
def test_its_checkpoint_predicts_as_the_best_epoch_scored(
    regression: tuple[GraphDataset, Path], tmp_path: Path, ema: float | None
) -> None:
    dataset = regression[0]
    trainer = run(dataset, tmp_path, ema=ema)
    assert (trainer.evaluated_model is trainer.model) == (ema is None)
    trained = TrainedModel.load(tmp_path / "checkpoints" / "best.pt", "cpu")
    assert trained.schema == dataset.schema
    scored = trained.evaluate(dataset.val).metrics["mae"]
    history = read_json(tmp_path / "history")
    assert scored == pytest.approx(history["val_mae"], rel=1e-4) and history["val_mae"] == min(
        trainer.history["val_mae"]
    )


def test_a_metric_without_a_value_in_any_epoch_is_refused(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    dataset = regression[0]
    unknown = dataset.val.with_fields({"y": torch.full_like(dataset.val.fields["y"], torch.nan)}, {"y": "graph"})
    blind = GraphDataset(dataset.schema, dataset.train, unknown, dataset.test)
    message = "val mae was undefined in every epoch"
    with pytest.warns(UserWarning, match=message), pytest.raises(MspeError, match=message):
        run(blind, tmp_path)


def test_a_run_keeps_its_state_until_what_follows_it_is_written(
    regression: tuple[GraphDataset, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dataset, out = regression[0], tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), started(dataset, out, resume=True):
        raise KeyboardInterrupt  # while the trained model is being scored, say
    written = {path.name: path.read_bytes() for path in (out / "curve", out / "history", out / "checkpoints/best.pt")}
    shutil.rmtree(out)  # as DVC does before it runs the stage again
    monkeypatch.setattr(Trainer, "_train_epoch", None)  # nothing is left to train
    with started(dataset, out, resume=True) as trainer:
        assert trainer.epoch == 2 and list(tmp_path.glob(".mspe/resume/*/state.pt"))
    assert {path.name: path.read_bytes() for path in (out / "curve", out / "history", out / "checkpoints/best.pt")} == (
        written
    )
    assert read_json(out / "cost")["epoch_seconds"] > 0 and not list(tmp_path.glob(".mspe/resume/*"))


@pytest.mark.parametrize("output", ["history", "curve", "cost"])
def test_an_output_that_cannot_be_written_ends_the_run_in_a_line(
    regression: tuple[GraphDataset, Path], tmp_path: Path, output: str
) -> None:
    (tmp_path / output).mkdir()
    with pytest.raises(MspeError, match=rf"^cannot write \S*{output}: Is a directory; .*$"):
        run(regression[0], tmp_path)


def test_a_log_shows_the_run_that_goes_on_and_no_other(
    regression: tuple[GraphDataset, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def stop(seed: int) -> set[str]:
        with pytest.raises(KeyboardInterrupt), started(regression[0], tmp_path, seed, resume=True):
            raise KeyboardInterrupt  # its state stays
        return {path.name for path in (tmp_path / "log").iterdir()}

    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "events.of.another.run").write_text("")
    first = stop(0)
    assert "run.txt" in first and len(first) == 2 and "events.of.another.run" not in first
    assert stop(0) == first  # nothing was left to train, so there are no new events
    second = stop(1)
    assert len(second) == 2 and not first & second - {"run.txt"}
    assert stop(0) == {"run.txt"}  # its own events are gone, and the other run's are not its


def test_a_state_of_another_seed_is_refused(
    regression: tuple[GraphDataset, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in (0, 1):
        with pytest.raises(KeyboardInterrupt), started(regression[0], tmp_path / "out", seed, resume=True):
            raise KeyboardInterrupt
    first, second = sorted(tmp_path.glob(".mspe/resume/*/state.pt"))
    contents = first.read_bytes(), second.read_bytes()
    first.write_bytes(contents[1])
    second.write_bytes(contents[0])
    for seed in (0, 1):
        with pytest.raises(MspeError, match=r"state\.pt: of a run with another seed or other parameters; remove "):
            run(regression[0], tmp_path / "out", seed, resume=True)
