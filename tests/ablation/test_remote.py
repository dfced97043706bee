"""A comparison's processes on the workers of a cluster: as here, begun again elsewhere when a worker dies, stopped."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from distributed import LocalCluster, Worker

from mspe.ablation import launch as launching
from mspe.ablation.compare import compare_declared
from mspe.ablation.launch import call, launch
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.records import FailedRun, is_done, read_run
from mspe.ablation.study import Run, Study
from mspe.common import cluster as clusters
from mspe.common.cluster import active_client, spread
from mspe.common.errors import InterruptionError, MspeError
from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import VALUES, declared, expanded
from tests.ablation.test_launch import WAIT, command, interrupt
from tests.dask_cluster import two_workers

FILES = ("best.pt", "train.json", "curve.csv", "predictions.csv", "result.json")


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    with two_workers() as cluster:
        yield cluster


@pytest.fixture
def study(csl: UnsplitDataset, tmp_path: Path) -> Study:
    return Study.begin(tmp_path / "study", csl, device="cpu")


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a script stand for every run; what it leaves counts as finished."""

    def set_script(script: str) -> None:
        monkeypatch.setattr(launching, "_command", lambda study, run: command(script, study.folder, run.seed))
        monkeypatch.setattr(launching, "_is_here", lambda study, run: True)

    return set_script


def wait_for(found: Callable[[], object]) -> None:
    """Return when something is so, which a test that hangs would fail without."""
    end = time.monotonic() + 300
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_commands_run_on_workers_in_this_folder_on_one_thread(
    workers: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script = "import os, sys; open(sys.argv[1], 'w').write(f\"{os.getppid()} {os.environ['OMP_NUM_THREADS']}\")"
    with spread(workers.scheduler_address):
        processes = set(active_client().run(os.getpid).values())
        call({name: command(script, name) for name in "abcd"}, jobs=1)
        with pytest.raises(MspeError, match=r"^mine: no memory$"):
            call({"mine": command("raise SystemExit('error: no memory')")}, jobs=1)
    for name in "abcd":
        parent, threads = (tmp_path / name).read_text().split()
        assert int(parent) in processes and threads == "1"


def test_a_run_that_fails_leaves_why(workers: LocalCluster, study: Study, scripted: Callable[[str], None]) -> None:
    scripted("import sys; sys.exit('error: the loss is nan' if sys.argv[2] == '1' else 0)")
    runs = [Run("confirm", "none", seed) for seed in range(2)]
    with spread(workers.scheduler_address):
        launch(study, runs, jobs=1)
    assert read_run(study, runs[1]) == FailedRun(runs[1], "the loss is nan")
    assert not (study.run_folder(runs[0]) / "failed.txt").exists()


def test_a_run_whose_files_are_not_here_has_failed(
    workers: LocalCluster, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run("confirm", "none", 0)
    monkeypatch.setattr(launching, "_command", lambda study, run: command("pass"))
    monkeypatch.setattr(clusters, "_APPEARS", 0)
    with spread(workers.scheduler_address):
        launch(study, [run], jobs=1)
    record = read_run(study, run)
    assert isinstance(record, FailedRun) and "use a folder that all machines share, and the same code" in record.reason


def test_a_signal_stops_what_runs_on_workers_and_nothing_else_is_begun(
    workers: LocalCluster, study: Study, scripted: Callable[[str], None]
) -> None:
    pipes = [study.folder / str(seed) for seed in range(2)]
    for pipe in pipes:
        os.mkfifo(pipe)
    scripted(WAIT)
    with spread(workers.scheduler_address):
        watcher = interrupt(pipes, signal.SIGINT)
        with pytest.raises(InterruptionError, match="stopped by SIGINT; run the same command to resume"):
            launch(study, [Run("confirm", "none", seed) for seed in range(6)], jobs=1)
        watcher.join()
        plugins = active_client().run(lambda dask_worker: [name for name in dask_worker.plugins if "mspe" in name])
        assert list(plugins.values()) == [[], []]
    assert {path.name for path in study.folder.glob("*.saved")} == {"0.saved", "1.saved"}
    assert not (study.folder / "runs").exists()


@pytest.mark.slow
def test_a_comparison_is_the_one_made_here(
    workers: LocalCluster, csl: UnsplitDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ablation = declared(variants=["none", "hkse"], screen=None, confirm={"seeds": 2}, training={"epochs": 2})
    here = compare_declared(csl, ablation, VALUES, tmp_path / "here", jobs=1, device="cpu")
    with spread(workers.scheduler_address):
        there = compare_declared(csl, ablation, VALUES, tmp_path / "there", device="cpu")
    one, other = Study.open(tmp_path / "here"), Study.open(tmp_path / "there")
    for run in [Run("confirm", name, CONFIRM_SEED + number) for name in ("none", "hkse") for number in range(2)]:
        for name in FILES:
            assert (other.run_folder(run) / name).read_bytes() == (one.run_folder(run) / name).read_bytes(), (run, name)
    assert there.report.variant("hkse").verdict == here.report.variant("hkse").verdict


def _end_lifetime(dask_worker: Worker) -> None:
    """Let a worker go as at the end of its lifetime."""
    dask_worker.loop.add_callback(dask_worker.close_gracefully, reason="worker-lifetime-reached")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["killed", "retired"])
def test_a_run_whose_worker_goes_is_made_by_another_and_is_the_same(
    csl: UnsplitDataset, tmp_path: Path, how: str
) -> None:
    ablation = declared(variants=["none", "hkse"], screen=None, confirm={"seeds": 2}, training={"epochs": 40})
    run, studies = Run("confirm", "hkse", CONFIRM_SEED), []
    for name in ("here", "there"):
        study = Study.begin(tmp_path / name, csl, device="cpu")
        study.write_division(run.seed, csl.divide(run.seed))
        study.write_variants(run.round, expanded(study, ablation))
        studies.append(study)
    launch(studies[0], [run], jobs=1)
    with two_workers() as cluster, spread(cluster.scheduler_address):
        client = active_client()

        def kill() -> None:
            wait_for((studies[1].run_folder(run) / "curve.csv").exists)
            (address,) = [address for address, tasks in client.processing().items() if tasks]
            if how == "killed":
                os.kill(client.run(os.getpid, workers=[address])[address], signal.SIGKILL)
            else:
                client.run(_end_lifetime, workers=[address])

        killer = Thread(target=kill)
        killer.start()
        launch(studies[1], [run], jobs=1)
        killer.join()
    assert is_done(studies[1], run)
    for name in FILES:
        assert (studies[1].run_folder(run) / name).read_bytes() == (studies[0].run_folder(run) / name).read_bytes()
