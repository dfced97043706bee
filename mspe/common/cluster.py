"""Work spread over machines by Dask, which this file alone knows; joblib hands it what the library gives to joblib."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

from joblib import parallel_config
from joblib.parallel import get_active_backend

from mspe.common.errors import MspeError
from mspe.common.optional import optional_module

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

SLURM = "slurm"
"""Name of the cluster that is not an address: workers are jobs, sent to SLURM as Dask's own configuration says."""
CLUSTER_PATTERN = r"^(slurm|(tcp|tls)://[^\s/]+:[0-9]{1,5})$"
"""Allowed: SLURM, or the address of a scheduler."""

_ANSWER, _FIRST_WORKER = 30, 120
"""Seconds for a scheduler to answer, also after its connection was lost, and for its first worker to come."""
_APPEARS = 60
"""Seconds after which a network's file system shows what another machine has written (NFS: acdirmax)."""


@contextmanager
def spread(cluster: str | None, jobs: int | None = None) -> Iterator[None]:
    """Let the workers of a cluster do inside the block what joblib is given, the library's own work among it.

    Parameters
    ----------
    cluster
        The address of a Dask scheduler, or `slurm`; None: nothing changes.
    jobs
        With `slurm`, how many workers it is asked for.

    Raises
    ------
    MspeError
        If Dask is not installed, the scheduler does not answer or is lost, it has no workers, or a task has ended its
        worker again and again.
    """
    if cluster is None:
        yield
        return
    check_cluster(cluster, jobs)
    distributed = optional_module("distributed", "cluster")
    with _one_line(distributed, cluster), _connected(distributed, cluster, jobs) as client:
        logger.info("%s: %d workers so far, %d tasks at a time", cluster, len(client.nthreads()), slots(client))
        with parallel_config(backend="dask", client=client):
            yield


def active_client() -> Any:
    """Return the client of the cluster whose block this is in; None outside of one."""
    backend, _ = get_active_backend()
    return getattr(backend, "client", None)


def map_on(
    client: Any,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    results: Literal["generator", "generator_unordered"] = "generator",
) -> Iterator[Result]:
    """Yield a function's result of each item, in their order or as they come, each item a task of a cluster.

    All are handed over at once, since workers may come later. joblib's backend would wait for ever for a task that has
    ended its workers, or that they cannot read (joblib 1.6).
    """
    futures = deque(client.map(function, list(items), pure=False))
    if results == "generator_unordered":
        distributed = optional_module("distributed", "cluster")
        ended = distributed.as_completed(futures)
        futures.clear()
        for future in ended:
            yield future.result()
    while futures:
        yield futures.popleft().result()


def slots(client: Any) -> int:
    """Return how many tasks the workers of a cluster do at a time."""
    return sum(client.nthreads().values())


def appears(path: Path) -> bool:
    """Return whether a file is there that another machine has just written; a network's file system takes its time."""
    end = time.monotonic() + _APPEARS
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.2)
    return path.exists()


def check_cluster(cluster: str | None, jobs: int | None) -> None:
    """Refuse a number of runs at a time where the workers of a running cluster tell it, and SLURM without one.

    Raises
    ------
    MspeError
        If it is so.
    """
    if cluster == SLURM and jobs is None:
        raise MspeError("cluster is slurm, which needs the number of workers; set jobs")
    if cluster is not None and cluster != SLURM and jobs is not None:
        raise MspeError(f"jobs is {jobs}, but the workers of {cluster} tell how many there are at a time; leave it out")


@contextmanager
def _connected(distributed: Any, cluster: str, jobs: int | None) -> Iterator[Any]:
    if cluster == SLURM:
        with _slurm(jobs) as workers, distributed.Client(workers, timeout=_ANSWER) as client:
            logger.info("%s: waiting for the first of %d workers", cluster, jobs)
            client.wait_for_workers(1)
            yield client
        return
    try:
        client = distributed.Client(cluster, timeout=_ANSWER)
    except OSError as error:
        raise MspeError(
            f"cluster: {cluster} does not answer ({type(error).__name__}); start `dask scheduler` there, or correct "
            "the address"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER)
        except TimeoutError:
            raise MspeError(f"cluster: {cluster} has no workers; start some with `dask worker {cluster}`") from None
        yield client


@contextmanager
def _slurm(jobs: int | None) -> Iterator[Any]:
    """So many workers, each replaced when its job ends before it should."""
    jobqueue, dask = optional_module("dask_jobqueue", "cluster"), optional_module("dask", "cluster")
    for name in ("cores", "memory"):
        if dask.config.get(f"jobqueue.slurm.{name}") is None:
            raise MspeError(
                f"cluster: slurm: {name} of a worker's job is not set; set jobqueue.slurm.{name} in Dask's "
                "configuration, ~/.config/dask/jobqueue.yaml"
            )
    with jobqueue.SLURMCluster() as workers:
        workers.adapt(minimum=jobs, maximum=jobs)
        yield workers


@contextmanager
def _one_line(distributed: Any, cluster: str) -> Iterator[None]:
    """Say what ends the work in one line, and let Dask say no more than warnings, and its client no tracebacks."""
    logs = {"distributed": logging.WARNING, "distributed.client": logging.CRITICAL}
    before = {name: logging.getLogger(name).level for name in logs}
    for name, level in logs.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    except distributed.KilledWorker as error:
        raise MspeError(
            f"cluster: {cluster}: a task ended {error.allowed_failures + 1} workers, the last at "
            f"{error.last_worker.address}, most likely for want of memory; give workers more (see their logs)"
        ) from None
    except (CancelledError, distributed.CancelledError, distributed.comm.CommClosedError):
        raise MspeError(
            f"cluster: the scheduler {cluster} is lost; start it again and run the same command to resume"
        ) from None
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
