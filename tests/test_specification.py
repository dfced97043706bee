"""Every code block of the specification runs as printed, with `src.` read as `mspe.`."""

import pickle
import re
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from mspe import training
from mspe.common.section import validate
from mspe.dataset import get_dataset
from mspe.graphs import GraphLoader
from mspe.models import get_model
from mspe.training import (
    ReproducibilityContext,
    Trainer,
    TrainingParams,
    get_loss_fn,
    get_metrics,
    get_optimizer,
    get_scheduler,
)
from tests.conftest import ROOT

SPECIFICATION = ROOT.parent / "shared" / "spec" / "training-pipeline.ru.md"
pytestmark = pytest.mark.skipif(not SPECIFICATION.is_file(), reason=f"the specification is not at {SPECIFICATION}")


def blocks(language: str) -> list[str]:
    text = SPECIFICATION.read_text() if SPECIFICATION.is_file() else ""
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


PYTHON = [block.replace("from src.", "from mspe.") for block in blocks("python")]


@pytest.fixture(scope="module")
def few_molecules(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ZINC's raw files, cut down to a dozen molecules a split."""
    root = tmp_path_factory.mktemp("raw")
    (root / "ZINC" / "raw").mkdir(parents=True)
    for split in ("train", "val", "test"):
        source = shared_data / "ZINC" / "raw"
        indices = (source / f"{split}.index").read_text().strip().split(",")[:12]
        (root / "ZINC" / "raw" / f"{split}.index").write_text(",".join(indices) + "\n")
        molecules = pickle.loads((source / f"{split}.pickle").read_bytes())
        (root / "ZINC" / "raw" / f"{split}.pickle").write_bytes(pickle.dumps(molecules))
    return root


@pytest.fixture
def elsewhere(few_molecules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder, small data, no network, and generators and flags put back afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MSPE_DATA", str(few_molecules))
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    with ReproducibilityContext(seed=0), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="device cuda is not available")
        yield tmp_path


def names() -> dict[str, Any]:
    """What the fragments use without making it."""
    train, val, test = get_dataset(name="zinc").get_splits()
    model = get_model("graph_transformer", num_features=28, num_classes=1, hidden_dim=16, num_layers=1, node_dim=4)
    optimizer = get_optimizer(model)
    trainer = Trainer(model, optimizer, get_scheduler(optimizer), checkpoint_dir="checkpoints")
    return {
        **{name: getattr(training, name) for name in training.__all__},
        "torch": torch,
        "model": model,
        "optimizer": optimizer,
        "scheduler": trainer.scheduler,
        "trainer": trainer,
        "loss_fn": get_loss_fn("regression"),
        "metrics": get_metrics("regression"),
        "train_loader": GraphLoader(train, 4),
        "val_loader": GraphLoader(val, 4),
        "test_loader": GraphLoader(test, 4),
        "train_model": lambda *_: torch.rand(3),
        "val_loss": 1.0,
    }


@pytest.mark.slow
@pytest.mark.parametrize("block", PYTHON, ids=lambda block: re.sub(r"\W+", " ", block)[:40].strip())
def test_a_block_runs_as_printed(block: str, elsewhere: Path) -> None:
    known = names()
    if re.search(r"^\s*break$", block, flags=re.MULTILINE):  # a fragment of a loop
        block = "for _ in range(2):\n" + textwrap.indent(block, "    ")
    exec(compile(block, str(SPECIFICATION), "exec"), known)
    if "trainer.fit" in block and "checkpoint_dir" in block:
        assert len(known["history"]["val_loss"]) == 100
        assert (elsewhere / "checkpoints" / "best.pt").is_file()
    if "predictions" in block:
        assert known["predictions"].shape == (12, 1)
    if "wandb" in block:
        known["trainer"].fit(known["train_loader"], known["val_loader"], epochs=1)
        known["wandb"].finish()
        known["writer"].close()
        assert list(elsewhere.glob("wandb/offline-run-*/*.wandb")) and list(elsewhere.glob("runs/experiment/events*"))


def test_the_blocks_are_found() -> None:
    assert len(PYTHON) >= 11 and sum("fit(" in block for block in PYTHON) >= 2


def test_the_configuration_is_that_of_params_yaml() -> None:
    (block,) = blocks("yaml")
    params = validate(TrainingParams, yaml.safe_load(block)["training"], "specification")
    assert (params.optimizer.lr, params.scheduler.min_lr) == (1e-4, 1e-6)
