"""A dataset, and a task, from a user's own file, as docs/how_to/plug_ins.md has them: one file each."""

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.common.plugins import load_plugins
from mspe.dataset import DATASETS, get_dataset
from mspe.graphs import GraphLoader
from mspe.models import get_model
from mspe.tasks import TASKS, Regression, get_task, is_minimized, task_of
from mspe.training import Trainer, get_loss_fn, get_metrics, get_optimizer
from tests.documentation import example

RINGS, QUANTILE = example('name="rings"'), example("UpperQuantile")


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    before = dict(DATASETS._entries), dict(TASKS._entries)
    yield
    DATASETS._entries, TASKS._entries = before


def load(folder: Path, code: str) -> None:
    (folder / "mine.py").write_text(code)
    load_plugins([folder / "mine.py"])


def test_a_dataset_is_one_file(tmp_path: Path) -> None:
    load(tmp_path, RINGS)
    dataset = get_dataset("rings")
    assert dataset.schema.name == "rings" and [len(split) for split in dataset.get_splits()] == [32, 4, 4]
    assert dataset.schema.max_nodes == 42 and dataset.node_features == "none"
    with pytest.raises(MspeError, match="dataset: split is scaffold, allowed for rings: random"):
        get_dataset("rings", split="scaffold")


def test_a_task_is_one_file_and_is_trained_by_its_name(tmp_path: Path) -> None:
    load(tmp_path, QUANTILE)
    assert get_task("upper_quantile").metric == "coverage" and not is_minimized("coverage")
    loss = get_loss_fn("upper_quantile")(torch.tensor([[1.0]]), torch.tensor([[2.0]]))
    assert loss.item() == pytest.approx(0.9)
    assert get_metrics("upper_quantile")(torch.tensor([[2.0], [0.0]]), torch.tensor([[1.0], [1.0]])) == {
        "coverage": 0.5
    }
    dataset = get_dataset("nci", limit=16)
    schema = dataset.schema.model_copy(update={"task_type": "upper_quantile", "loss": "pinball", "metric": "coverage"})
    assert task_of(schema).name == "upper_quantile" and task_of(dataset.schema) == Regression()
    model = get_model("gine", num_features=dataset.num_features, num_classes=1, hidden_dim=16, num_layers=1, node_dim=4)
    trainer = Trainer(model, get_optimizer(model), task_type="upper_quantile", checkpoint_dir=tmp_path)
    loaders = GraphLoader(dataset.train, 8), GraphLoader(dataset.val, 8)
    history = trainer.fit(*loaders, epochs=1, metric_for_best="coverage")
    assert 0 <= history["val_coverage"][0] <= 1


def test_a_name_that_is_taken_is_refused_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"task 'regression' is defined in .*regression.py and again in .*mine.py"):
        load(tmp_path, QUANTILE.replace('name = "upper_quantile"', 'name = "regression"'))


@pytest.mark.parametrize(("name", "place"), [("rings", "first.py"), ("nci", r"mspe\S*registry.py")])
def test_a_dataset_of_a_name_that_is_taken_is_refused_with_both_places(tmp_path: Path, name: str, place: str) -> None:
    for file in ("first.py", "mine.py"):
        (tmp_path / file).write_text(RINGS.replace("rings", name) if file == "mine.py" else RINGS)
    load_plugins([tmp_path / "first.py"])
    before = DATASETS[name]
    with pytest.raises(MspeError, match=rf"dataset '{name}' is defined in \S*{place} and again in \S*mine.py; rename"):
        load_plugins([tmp_path / "mine.py"])
    assert DATASETS[name] is before


def test_a_file_that_runs_again_registers_its_dataset_again(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(RINGS)
    for _ in range(2):
        runpy.run_path(str(path))
    assert get_dataset("rings").schema.max_nodes == 42
