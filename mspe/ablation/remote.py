"""Processes on the workers of a Dask cluster, begun and stopped from here; imported where there is a cluster alone."""

import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from functools import partial
from pathlib import Path
from uuid import uuid4

from distributed import Client, KilledWorker, Reschedule, Worker, WorkerPlugin, get_worker

from mspe.ablation.processes import Processes


class RemoteProcesses:
    """Commands on the workers of a cluster, each in a process of its own, as `Processes` runs them here.

    They run in this process's folder, which the machines share, with the Python of the worker. A command whose worker
    dies is run again by another one.

    Parameters
    ----------
    client
        Of the cluster.
    """

    def __init__(self, client: Client) -> None:
        self.stopped = False
        self._client, self._name = client, f"mspe-{uuid4().hex}"
        client.register_plugin(_WorkersProcesses(self._name, Path.cwd()))
        self.run = partial(_run_on_worker, self._name)

    def executor(self, jobs: int) -> Executor:
        """Return what has the workers call `run`, as many times at once as they have room for."""
        return self._client.get_executor(pure=False)

    def outcome(self, future: Future[tuple[int, str]]) -> tuple[int, str]:
        """Return what `run` has returned, or that it has ended every worker that tried it."""
        try:
            return future.result()
        except KilledWorker as error:
            return -signal.SIGKILL, f"error: ended {error.allowed_failures + 1} workers; give them more memory"

    def stop(self) -> None:
        """Ask all of them to end: a training saves its state first. What has not begun ends at once."""
        if not self.stopped and self._client.status == "running":  # else the workers have stopped them
            self._client.unregister_worker_plugin(self._name)
        self.stopped = True

    def close(self) -> None:
        """Let those end that wait for a command."""
        if not self.stopped and self._client.status == "running":
            self._client.unregister_worker_plugin(self._name)


class _WorkersProcesses(WorkerPlugin):
    """The processes of one worker, which end with it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self._folder = name, folder

    def setup(self, worker: Worker) -> None:
        self.processes = Processes(self._folder)

    def teardown(self, worker: Worker) -> None:
        self.processes.stop()
        self.processes.close()


def _run_on_worker(name: str, command: Sequence[str]) -> tuple[int, str]:
    plugin = get_worker().plugins.get(name)
    if not isinstance(plugin, _WorkersProcesses):  # stopped
        return -signal.SIGINT, ""
    status, output = plugin.processes.run([sys.executable, *command[1:]])
    if status and plugin.processes.stopped:  # the worker is leaving, say at the end of its job: another one goes on
        raise Reschedule
    return status, output
