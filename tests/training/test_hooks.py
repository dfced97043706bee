"""Ready-made log hooks."""

import json
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock, call

import pytest

from mspe.common.errors import MspeError
from mspe.training import DvcliveHook, TensorBoardHook, WandbHook
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


def test_a_run_resumed_from_before_its_last_events_is_one_curve(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def run(stop_at: int | None) -> None:
        trainer = make_trainer(tmp_path, log_every=1)
        hook = TensorBoardHook(tmp_path / "runs")
        trainer.add_log_hook(hook)
        taken = [0]

        def die(metrics: Mapping[str, float], step: int, prefix: str) -> None:
            taken[0] += 1
            if taken[0] == stop_at:
                raise KeyboardInterrupt  # the state is of the epoch before: steps since it are trained again

        trainer.add_log_hook(die)
        with nullcontext() if stop_at is None else pytest.raises(KeyboardInterrupt):
            trainer.fit(*loaders(), epochs=3, resume_path=tmp_path / "state.pt")
        hook.close()

    for stop_at in (9, 4, None):
        run(stop_at)
    events = EventAccumulator(str(tmp_path / "runs"))
    events.Reload()
    assert [event.step for event in events.Scalars("train/loss")] == list(range(1, 16))
    assert [event.step for event in events.Scalars("val/mae")] == [5, 10, 15]


@pytest.mark.slow
def test_weights_and_biases_runs_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_SILENT", "true")
    trainer = make_trainer(tmp_path, log_every=2)
    hook = WandbHook("mspe", mode="offline", dir=str(tmp_path))
    trainer.add_log_hook(hook)
    trainer.fit(*loaders(), epochs=2)
    kept = dict(hook.run.summary)
    hook.close()
    assert {"val/mae", "train/grad_norm", "train/graphs_per_second"} <= kept.keys()
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))


def test_weights_and_biases_gets_every_metric_at_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    run = MagicMock()
    monkeypatch.setitem(sys.modules, "wandb", SimpleNamespace(init=lambda project, **_: run, Error=RuntimeError))
    hook = WandbHook("mspe")
    hook({"loss": 0.5, "lr": 1e-3}, 7, "train")
    hook({"mae": 0.25}, 8, "val")
    hook.close()
    assert run.mock_calls == [
        call.log({"train/loss": 0.5, "train/lr": 1e-3}, step=7),
        call.log({"val/mae": 0.25}, step=8),
        call.finish(),
    ]


def test_weights_and_biases_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(MspeError, match=r"wandb is not installed; run pip install 'mspe\[wandb\]'"):
        WandbHook("mspe")


def test_weights_and_biases_without_a_login_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = pytest.importorskip("wandb")

    def refuse(**_: object) -> None:
        raise wandb.Error("api_key not configured (no-tty).\nCall wandb.login()")

    monkeypatch.setattr(wandb, "init", refuse)
    with pytest.raises(MspeError) as error:
        WandbHook("graphs")
    assert str(error.value) == (
        "runtime.wandb_project: got 'graphs', wandb says: api_key not configured (no-tty). Call wandb.login(); run "
        "`wandb login`, or set it to null"
    )


def test_hooks_see_steps_and_a_failing_one_does_not_end_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trainer = make_trainer(tmp_path, log_every=2)
    seen: list[tuple[str, int, set[str]]] = []
    trainer.add_log_hook(lambda metrics, step, prefix: 1 / 0)
    trainer.add_log_hook(lambda metrics, step, prefix: seen.append((prefix, step, set(metrics))))
    trainer.fit(*loaders(), epochs=2)
    assert [(prefix, step) for prefix, step, _ in seen] == [
        ("train", 2), ("train", 4), ("val", 5), ("train", 6), ("train", 8), ("train", 10), ("val", 10)
    ]  # fmt: skip
    assert seen[0][2] == {"loss", "lr", "grad_norm", "graphs_per_second", "peak_memory_mb"}
    assert "training goes on" in caplog.text and "ZeroDivisionError" in caplog.text


def rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines()]


def test_dvclive_writes_every_metric_at_its_step(tmp_path: Path) -> None:
    hook = DvcliveHook(tmp_path / "live")
    hook({"loss": 0.5, "lr": 1e-3}, 7, "train")
    hook({"mae": 0.25}, 8, "val")
    hook({"loss": 0.4, "lr": 1e-3}, 9, "train")
    hook.close()
    table = tmp_path / "live" / "plots" / "metrics" / "train" / "loss.tsv"
    assert rows(table) == [["step", "loss"], ["7", "0.5"], ["9", "0.4"]]
    latest = json.loads((tmp_path / "live" / "metrics.json").read_text())
    assert (latest["train"]["loss"], latest["val"]["mae"], latest["step"]) == (0.4, 0.25, 9)
    assert not list(tmp_path.rglob("dvc.yaml"))


def test_dvclive_of_a_resumed_run_is_one_curve(tmp_path: Path) -> None:
    for steps in ([1, 2, 3], [3, 4], [1, 2]):
        hook = DvcliveHook(tmp_path)
        for step in steps:
            hook({"loss": step / 10 + len(steps)}, step, "train")
        hook.close()
        if steps == [3, 4]:
            table = rows(tmp_path / "plots" / "metrics" / "train" / "loss.tsv")
            assert table[1:] == [["1", "3.1"], ["2", "3.2"], ["3", "2.3"], ["4", "2.4"]]
    assert [row[0] for row in rows(tmp_path / "plots" / "metrics" / "train" / "loss.tsv")] == ["step", "1", "2"]


def test_dvclive_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "dvclive", None)
    with pytest.raises(MspeError, match=r"dvclive is not installed; run pip install 'mspe\[dvclive\]'"):
        DvcliveHook(tmp_path)
