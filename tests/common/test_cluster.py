"""Work on a cluster: the same as here, and what goes wrong there is one line."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from distributed import LocalCluster

from mspe.common import cluster as module
from mspe.common.cluster import active_client, slots, spread
from mspe.common.errors import MspeError
from mspe.common.parallel import call_elsewhere, is_spread, map_chunks
from mspe.graphs.molecule_packing import read_smiles
from tests.dask_cluster import two_workers

SMILES = ["CCO", "c1ccccc1O", "C1CC", "CC(=O)O", "N#Cc1ccccc1", "OCC"]


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    with two_workers() as cluster:
        yield cluster


def process_of(number: int) -> int:
    return os.getpid()


def die(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(number: int) -> None:
    raise MspeError(f"{number}: not a number that is allowed")


def die_once(marker: Path) -> str:
    """Kill the worker that comes first."""
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return "done again"
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_without_a_cluster_nothing_is_spread() -> None:
    with spread(None):
        assert active_client() is None and not is_spread()


def test_chunks_are_made_by_workers_and_come_in_order(workers: LocalCluster) -> None:
    items = list(range(4001))
    with spread(workers.scheduler_address):
        assert is_spread() and slots(active_client()) == 2
        totals = map_chunks(sum, items, num_workers=1)
        processes = set(call_elsewhere(process_of, range(20)))
    assert totals == [sum(items[start : start + 1000]) for start in range(0, 4001, 1000)]
    assert processes and os.getpid() not in processes
    assert active_client() is None and not is_spread()


def test_molecules_are_the_same_as_read_here(workers: LocalCluster, tmp_path: Path) -> None:
    smiles = [text for number in range(350) for text in (*SMILES, "C" * (number + 1))]
    here = read_smiles(smiles)
    with spread(workers.scheduler_address):
        there, stored = read_smiles(smiles), read_smiles(smiles, kept=tmp_path / "kept")
    read_smiles(smiles, kept=tmp_path / "here")
    for other in (there, stored):
        assert (other.identities == here.identities).all() and other.problems == here.problems
        graphs = other.graphs[range(len(here.graphs))]
        assert torch.equal(graphs.edge_index, here.graphs.edge_index)
        assert {name: values.dtype for name, values in graphs.fields.items()} == {
            name: values.dtype for name, values in here.graphs.fields.items()
        }
        for name, values in here.graphs.fields.items():
            assert torch.equal(graphs.fields[name], values)
    files = {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()} == files


def test_an_error_of_a_task_is_its_own_line(workers: LocalCluster) -> None:
    with pytest.raises(MspeError, match=r"^7: not a number that is allowed$"), spread(workers.scheduler_address):
        list(call_elsewhere(refuse, [7]))


def test_a_worker_with_other_code_is_refused(workers: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mspe.common.parallel._code_key", lambda: "of a later commit")
    with pytest.raises(MspeError, match=r"the worker on \S+ has other code of mspe"), spread(workers.scheduler_address):
        map_chunks(sum, [1], num_workers=1)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ANSWER", 1)
    message = r"^cluster: tcp://127\.0\.0\.1:1 does not answer .*; start `dask scheduler` there, or"
    with pytest.raises(MspeError, match=message), spread("tcp://127.0.0.1:1"):
        pass


def test_a_scheduler_without_workers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_WORKER", 0.1)
    message = "has no workers; start some with `dask worker tcp"
    with (
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as empty,
        pytest.raises(MspeError, match=message),
        spread(empty.scheduler_address),
    ):
        pass


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    message = r"^distributed is not installed; run pip install 'mspe\[cluster\]'$"
    with pytest.raises(MspeError, match=message), spread("tcp://127.0.0.1:8786"):
        pass


@pytest.mark.parametrize(
    ("cluster", "jobs", "message"),
    [
        ("slurm", None, "cluster is slurm, which needs the number of workers; set jobs"),
        ("tcp://127.0.0.1:1", 2, "jobs is 2, but the workers of tcp://127.0.0.1:1 tell how many there are at a time"),
        ("slurm", 2, "cluster: slurm: cores of a worker's job is not set; set jobqueue.slurm.cores in Dask's"),
    ],
)
def test_what_does_not_go_together_is_refused(cluster: str, jobs: int | None, message: str) -> None:
    with pytest.raises(MspeError, match=f"^{re.escape(message)}"), spread(cluster, jobs):
        pass


@pytest.mark.slow
def test_what_a_killed_worker_was_on_is_done_by_another(tmp_path: Path) -> None:
    with two_workers() as cluster, spread(cluster.scheduler_address):
        assert list(call_elsewhere(die_once, [tmp_path / "marker"])) == ["done again"]


@pytest.mark.slow
def test_a_task_that_kills_every_worker_ends_in_one_line() -> None:
    message = r"^cluster: tcp://\S+: a task ended 4 workers, the last at tcp://\S+, most likely for want of memory"
    with two_workers() as cluster, pytest.raises(MspeError, match=message), spread(cluster.scheduler_address):
        list(call_elsewhere(die, [0]))
