"""Two processes do what one does with batches twice as large."""

import json
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.graphs import GraphLoader
from mspe.training.distributed import ProcessGroup, process_group
from tests.training.fixtures import make_graphs

TORCHRUN = ["-m", "torch.distributed.run", "--nproc-per-node=2", "--master-port=0", "--rdzv-backend=c10d"]


def run(folder: Path, *launcher: str) -> tuple[dict, dict, dict[str, torch.Tensor]]:
    command = [sys.executable, *launcher, "-m", "tests.training.ddp_worker", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    history, numbers = (json.loads((folder / f"{name}.json").read_text()) for name in ("history", "numbers"))
    return history, numbers, torch.load(folder / "weights.pt", weights_only=True)


@pytest.mark.slow
def test_two_processes_reach_the_loss_of_one_with_the_doubled_batch(tmp_path: Path) -> None:
    history, alone, weights = run(tmp_path / "one")
    other_history, together, other_weights = run(tmp_path / "two", *TORCHRUN, "--rdzv-endpoint=localhost:0")
    for name, values in history.items():
        assert other_history[name] == pytest.approx(values, abs=1e-6), name
    for name, value in weights.items():
        torch.testing.assert_close(other_weights[name], value, atol=1e-6, rtol=0)
    assert together["predicted"] == alone["predicted"] == list(range(43))  # each once, in order
    (only,), (one, two) = alone["averaged"], together["averaged"]
    assert one == two != only  # a batch norm takes the statistics of its own process's batch
    first, second = together["trained"]
    assert len(first) == len(second)
    assert sorted(chain(*first, *second)) == list(range(43))
    (single,) = alone["trained"]
    for one, mine, other in zip(single, first, second, strict=True):
        assert sorted(one) == sorted(mine + other)


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("count", [24, 25, 37])
def test_shards_cover_every_epoch_once_with_equally_many_batches(count: int, size: int) -> None:
    graphs = make_graphs(count)
    for shuffle in (True, False):
        loaders = [GraphLoader(graphs, 4, shuffle=shuffle, shard=(rank, size)) for rank in range(size)]
        seen = [[batch.y.flatten().tolist() for batch in loader] for loader in loaders]
        assert [len(loader) for loader in loaders] == [len(batches) for batches in seen]
        everything = sorted(chain.from_iterable(chain.from_iterable(seen)))
        assert everything == sorted(graphs.fields["y"].flatten().tolist())
        if shuffle:
            assert len({len(batches) for batches in seen}) == 1 and all(all(batches) for batches in seen)
    guarded = [GraphLoader(graphs, 4, shuffle=True, shard=(rank, size), max_pairs=2) for rank in range(size)]
    assert len({len(list(loader)) for loader in guarded}) == 1 and len(guarded[0]) > -(-count // (4 * size))
    with pytest.raises(MspeError, match="2 graphs cannot be shared by 3 processes"):
        GraphLoader(graphs[:2], 4, shuffle=True, shard=(0, 3))


def test_a_process_without_torchrun_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with process_group("cpu") as device:
        assert device.type == "cpu" and ProcessGroup().size == 1 and not torch.distributed.is_initialized()
