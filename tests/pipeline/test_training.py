"""A training run of one seed: what it writes, and what decides on it."""

from dataclasses import fields
from pathlib import Path

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


def run(dataset: GraphDataset, folder: Path, seed: int = 0) -> Trainer:
    data = TrainingData(dataset.schema, BankConfig.model_validate(BANK), dataset.train, dataset.val)
    paths = RunPaths(**{field.name: folder / field.name for field in fields(RunPaths)})
    runtime = RuntimeParams(device="cpu", resume=False)
    params = TrainingParams.model_validate({"epochs": 2, "batch_size": 8, "scheduler": {"warmup_epochs": 0}})
    with train_seed(seed, data, SMALL, params, runtime, paths, [], torch.device("cpu")) as trainer:
        return trainer


def test_a_seed_decides_on_every_number_and_another_gives_others(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    dataset = regression[0]
    first, again, other = (run(dataset, tmp_path / name, seed) for name, seed in (("a", 0), ("b", 0), ("c", 1)))
    assert first.history == again.history != other.history
    assert (tmp_path / "a" / "curve").read_text() == (tmp_path / "b" / "curve").read_text()


def test_its_checkpoint_predicts_as_the_best_epoch_scored(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    dataset = regression[0]
    trainer = run(dataset, tmp_path)
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
