"""Ready-made log hooks."""

import sys
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.training import TensorBoardHook, WandbHook
from tests.training.fixtures import loaders, make_trainer


def test_tensorboard_reads_back_what_was_logged(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    trainer = make_trainer(tmp_path)
    hook = TensorBoardHook(tmp_path / "runs")
    trainer.add_log_hook(hook)
    history = trainer.fit(*loaders(), epochs=2)
    hook.close()
    events = EventAccumulator(str(tmp_path / "runs"))
    events.Reload()
    scalars = [(event.step, event.value) for event in events.Scalars("val/mae")]
    assert scalars == [(5, pytest.approx(history["val_mae"][0])), (10, pytest.approx(history["val_mae"][1]))]


@pytest.mark.slow
def test_weights_and_biases_runs_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_SILENT", "true")
    trainer = make_trainer(tmp_path, log_every=2)
    hook = WandbHook("mspe", mode="offline", dir=str(tmp_path))
    trainer.add_log_hook(hook)
    trainer.fit(*loaders(), epochs=2)
    hook.close()
    (record,) = tmp_path.glob("wandb/offline-run-*/*.wandb")
    content = record.read_bytes()
    assert all(name in content for name in (b"val/mae", b"train/grad_norm", b"train/graphs_per_second"))


def test_weights_and_biases_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(MspeError, match=r"wandb is not installed; run pip install 'mspe\[wandb\]'"):
        WandbHook("mspe")
