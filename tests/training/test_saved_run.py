"""Runs that are stopped at any moment end as if they had not been."""

import json
import random
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch_geometric.loader import DataLoader

from mspe.common.errors import InterruptionError
from mspe.graphs import GraphLoader
from tests.training.fixtures import loaders, make_graphs, make_trainer
from tests.training.signal_worker import Worker

STEPS = 30


def outcome(folder: Path) -> tuple[dict, dict[str, torch.Tensor]]:
    return json.loads((folder / "history.json").read_text()), torch.load(folder / "weights.pt", weights_only=True)


def assert_equal(first: Path, second: Path) -> None:
    (history, weights), (other_history, other_weights) = outcome(first), outcome(second)
    assert history == other_history
    assert all(torch.equal(value, other_weights[name]) for name, value in weights.items())


def test_a_process_killed_again_and_again_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    assert Worker(tmp_path / "whole").end() == 0
    moments = sorted(random.Random(0).sample(range(1, STEPS), 3))
    for step in moments:  # between steps
        assert Worker(tmp_path / "killed").stop_at(step, signal.SIGKILL)[0] == -signal.SIGKILL
    for write in (2, 3):  # inside the write of a state or a checkpoint
        assert Worker(tmp_path / "killed", write).end() == -signal.SIGKILL
    assert Worker(tmp_path / "killed").end() == 0
    assert_equal(tmp_path / "killed", tmp_path / "whole")

    for number in (signal.SIGINT, signal.SIGTERM):
        folder = tmp_path / number.name
        status, message = Worker(folder).stop_at(13, number)
        assert status == 128 + number
        assert f"stopped by {number.name} in epoch 3 after step 1" in message
        assert "run the same command to resume" in message
        assert Worker(folder).end() == 0
        assert_equal(folder, tmp_path / "whole")


@pytest.mark.parametrize("accumulation_steps", [1, 2])
@pytest.mark.parametrize("stopped_at", [1, 4, 7, 12])
def test_a_run_stopped_within_an_epoch_resumes_at_the_step(
    tmp_path: Path, stopped_at: int, accumulation_steps: int
) -> None:
    options = {"accumulation_steps": accumulation_steps, "scheduler_interval": "step"}
    whole = make_trainer(tmp_path / "whole", **options)
    expected = whole.fit(*loaders(), epochs=6, early_stopping=5)

    stopped = make_trainer(tmp_path / "stopped", log_every=1, **options)

    def stop(metrics: Mapping[str, float], step: int, prefix: str) -> None:
        if step == stopped_at and prefix == "train":
            signal.raise_signal(signal.SIGTERM)

    stopped.add_log_hook(stop)
    arguments = {"epochs": 6, "early_stopping": 5, "resume_path": tmp_path / "state.pt"}
    with pytest.raises(InterruptionError, match=f"stopped by SIGTERM in epoch .* after step {stopped_at}; this step"):
        stopped.fit(*loaders(), **arguments)
    resumed = make_trainer(tmp_path / "stopped", seed=77, **options)
    assert resumed.fit(*loaders(), **arguments) == expected
    assert resumed.global_step == whole.global_step
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[name]), name


def test_a_foreign_loader_resumes_after_the_last_finished_epoch(tmp_path: Path) -> None:
    plain = list(GraphLoader(make_graphs(), 8))
    stopped = make_trainer(tmp_path, log_every=1)
    stopped.add_log_hook(lambda metrics, step, prefix: signal.raise_signal(signal.SIGINT) if step == 7 else None)
    with pytest.raises(InterruptionError, match="in epoch 2 after step 7; the last finished epoch is kept in"):
        stopped.fit(plain, plain, epochs=3, resume_path=tmp_path / "state.pt")
    resumed = make_trainer(tmp_path)
    history = resumed.fit(plain, plain, epochs=3, resume_path=tmp_path / "state.pt")
    whole = make_trainer(tmp_path / "whole").fit(plain, plain, epochs=3)
    assert history == whole


@pytest.mark.parametrize("loader_kind", ["ours", "pyg"])
@pytest.mark.parametrize("killed_in", [1, 3])
def test_an_interrupted_run_ends_as_an_undisturbed_one(tmp_path: Path, killed_in: int, loader_kind: str) -> None:
    def fresh_loaders() -> tuple:
        if loader_kind == "ours":
            return loaders()
        return DataLoader(make_graphs(), batch_size=8, shuffle=True), DataLoader(make_graphs(16), batch_size=8)

    options = {"epochs": 6, "early_stopping": 5}
    whole = make_trainer(tmp_path / "whole")
    expected = whole.fit(*fresh_loaders(), **options)

    killed = make_trainer(tmp_path / "killed")

    def kill(metrics: Mapping[str, float], step: int, prefix: str) -> None:
        if killed.epoch == killed_in and step % 5 == 2:
            raise KeyboardInterrupt

    killed.log_every = 1
    killed.add_log_hook(kill)
    with pytest.raises(KeyboardInterrupt):
        killed.fit(*fresh_loaders(), **options, resume_path=tmp_path / "state.pt")

    (tmp_path / "killed" / "best.pt").unlink(missing_ok=True)  # as DVC does before it runs the stage again
    resumed = make_trainer(tmp_path / "killed", seed=77)  # its own generators must not matter
    history = resumed.fit(*fresh_loaders(), **options, resume_path=tmp_path / "state.pt")
    assert history == expected
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[name]), name
    assert (tmp_path / "killed" / "best.pt").read_bytes() == (tmp_path / "whole" / "best.pt").read_bytes()
