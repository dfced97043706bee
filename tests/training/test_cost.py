"""What a run cost."""

import signal
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch

from mspe.common.errors import InterruptionError
from mspe.training.cost import CostMeter, SpeedMeter
from tests.training.fixtures import loaders, make_trainer


def test_seconds_grow_and_those_of_an_epoch_are_their_median() -> None:
    meter = CostMeter(torch.device("cpu"))
    assert meter.report()["epoch_seconds"] is None
    for pause in (0.0, 0.0, 0.3):
        time.sleep(pause)
        meter.mark_epoch()
    report = meter.report()
    assert report["seconds"] >= 0.3 > report["epoch_seconds"]
    assert report["peak_memory_mb"] > 10 and report["threads"] == torch.get_num_threads()
    assert any(entry.startswith("commit ") for entry in report["environment"])


def test_a_resumed_meter_adds_what_earlier_ones_measured_also_within_an_epoch() -> None:
    first = CostMeter(torch.device("cpu"))
    first.mark_epoch()
    time.sleep(0.2)
    state = {**first.state_dict(), "peaks": {"peak_memory": 10**15}}
    second = CostMeter(torch.device("cpu"))
    second.load_state_dict(state)
    second.mark_epoch()
    report = second.report()
    assert second.seconds >= 0.2 and report["peak_memory_mb"] == 10**9
    epochs = second.state_dict()["epoch_seconds"]
    assert len(epochs) == 2 and epochs[0] == first.state_dict()["epoch_seconds"][0] and epochs[1] >= 0.2
    assert report["epoch_seconds"] == pytest.approx(sum(epochs) / 2, abs=1e-3)


def test_without_git_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "commit unknown" in CostMeter(torch.device("cpu")).report()["environment"]


def test_a_resumed_run_has_the_costs_of_the_whole(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, log_every=1)

    def stop(metrics: Mapping[str, float], step: int, prefix: str) -> None:
        if step == 7:
            time.sleep(0.2)
            signal.raise_signal(signal.SIGTERM)

    trainer.add_log_hook(stop)
    begin = time.perf_counter()
    with pytest.raises(InterruptionError):
        trainer.fit(*loaders(), epochs=3, resume_path=tmp_path / "state.pt")
    passed = time.perf_counter() - begin
    for _ in range(2):  # the second finds nothing left to train
        resumed = make_trainer(tmp_path)
        resumed.fit(*loaders(), epochs=2, resume_path=tmp_path / "state.pt")
        assert 0.2 <= resumed.cost.seconds < passed + 2.0
        epochs = resumed.cost.state_dict()["epoch_seconds"]
        assert len(epochs) == 2 and max(epochs) >= 0.2


def test_speed_is_of_the_graphs_since_the_last_report() -> None:
    meter = SpeedMeter(torch.device("cpu"))
    meter.count(32)
    assert meter.report()["graphs_per_second"] > 0
    assert meter.report()["graphs_per_second"] == 0
