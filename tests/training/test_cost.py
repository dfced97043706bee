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
    assert meter.report(earlier_seconds=1000.0)["seconds"] >= 1000.3


def test_a_resumed_run_knows_the_seconds_of_its_earlier_processes(tmp_path: Path) -> None:
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
    for _ in range(2):
        resumed = make_trainer(tmp_path)
        resumed.fit(*loaders(), epochs=2, resume_path=tmp_path / "state.pt")
        assert resumed.earlier_seconds >= 0.2
    assert passed < resumed.earlier_seconds + 1.0


def test_speed_is_of_the_graphs_since_the_last_report() -> None:
    meter = SpeedMeter(torch.device("cpu"))
    meter.count(32)
    assert meter.report()["graphs_per_second"] > 0
    assert meter.report()["graphs_per_second"] == 0
