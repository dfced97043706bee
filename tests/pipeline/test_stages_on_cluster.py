"""The pipeline's first stages on the workers of a cluster: they write what one machine writes, byte for byte."""

import os
import signal
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from mspe.common.cluster import active_client, spread
from mspe.common.errors import MspeError
from mspe.encodings import compute_spectrum
from mspe.encodings.stream import map_shards
from mspe.graphs import PackedGraphs
from mspe.graphs.store import SPLITS
from tests.conftest import ROOT
from tests.dask_cluster import two_workers
from tests.encodings.test_stream import store
from tests.pipeline.stages import change, prepare, run

OUTPUTS = ("data/graphs", "data/spectrum", "data/encodings")


def contents(*folders: str | Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for folder in folders for path in Path(folder).rglob("*") if path.is_file()}


def decompose(shard: PackedGraphs, name: Path) -> PackedGraphs:
    return compute_spectrum(shard)


def decompose_after_a_kill(shard: PackedGraphs, name: Path) -> PackedGraphs:
    """End the worker that comes to the second shard first."""
    if name.name == "00001.pt" and not Path("killed").exists():
        Path("killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return compute_spectrum(shard)


def decompose_until_the_scheduler_is_lost(shard: PackedGraphs, name: Path) -> PackedGraphs:
    """End the scheduler when its worker comes to the second shard."""
    if name.name == "00001.pt":
        os.kill(int(Path("scheduler").read_text()), signal.SIGKILL)
    return compute_spectrum(shard)


@pytest.mark.slow
def test_stages_write_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mspe.graphs.store.SHARD_BYTES", 600)
    prepare(tmp_path)
    with chdir(tmp_path):
        expected = contents(*OUTPUTS)
        assert sum(name.startswith("data/spectrum/train") for name in expected) > 4
        with two_workers() as cluster:
            change(runtime={"cluster": cluster.scheduler_address})
            run("preprocess", "spectrum", "encode")
        assert contents(*OUTPUTS) == expected
        assert not list(Path(".mspe/resume").iterdir())


@pytest.mark.slow
def test_a_shard_whose_worker_is_killed_is_made_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = store(tmp_path / "graphs")
    map_shards(source, "here", decompose, {}, [source])
    with two_workers() as cluster, spread(cluster.scheduler_address):
        map_shards(source, "there", decompose_after_a_kill, {}, [source])
    assert Path("killed").exists()
    for split in SPLITS:
        assert contents(f"there/{split}") == {
            name.replace("here", "there", 1): content for name, content in contents(f"here/{split}").items()
        }


@pytest.mark.slow
def test_after_a_lost_scheduler_the_same_call_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = store(tmp_path / "graphs")
    script = (
        "import os, sys\nfrom distributed import LocalCluster\nif __name__ == '__main__':\n"
        "    options = dict(threads_per_worker=1, host='127.0.0.1', dashboard_address='127.0.0.1:0')\n"
        "    cluster = LocalCluster(n_workers=1, **options)\n"
        "    print(os.getpid(), cluster.scheduler_address, flush=True)\n    sys.stdin.read()\n"
    )
    Path("cluster.py").write_text(script)
    command = [sys.executable, "cluster.py"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as other:  # fmt: skip
        assert other.stdout is not None
        process, address = other.stdout.readline().split()
        Path("scheduler").write_text(process)
        message = rf"^cluster: the scheduler {address} is lost; start it again and run the same command to resume$"
        with pytest.raises(MspeError, match=message), spread(address):
            map_shards(source, "there", decompose_until_the_scheduler_is_lost, {}, [source])
    assert active_client() is None and not Path("there").exists()
    kept = contents(".mspe")
    assert any(name.endswith("train/00000.pt") for name in kept)
    map_shards(source, "there", decompose, {}, [source])
    for split in SPLITS:
        assert len(contents(f"there/{split}")) == 4  # three shards and their index
