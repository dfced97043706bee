"""Processes that are under way, several at a time, so that all of them can be stopped together."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from threading import RLock
from typing import IO

_PYTHON = [sys.executable, "-m"]


class WarmPython:
    """A `mspe.ablation.warm`, in a group of its own; it runs one command after another.

    Parameters
    ----------
    folder
        Where commands run; None: here.
    device
        What they see of CUDA's devices; None: all that this process sees.
    """

    def __init__(self, folder: Path | None = None, device: str | None = None) -> None:
        self.device = device
        self._errors = TemporaryFile()  # noqa: SIM115  # until close
        command = [*_PYTHON, "mspe.ablation.warm"]
        self.process = _started(command, subprocess.PIPE, self._errors, folder, device)

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a module with its arguments to its end; its exit status and what it printed."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(list(command)) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:  # it could not begin, or was killed
            return self.process.wait(), self._complaint()
        status, output = json.loads(answer)
        return status, output

    def _complaint(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")

    def close(self) -> None:
        """Let it end."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self._errors.close()


@dataclass
class Processes:
    """Processes that are under way, each in a group of its own, so that they can be stopped together.

    Those that run a module with `python -m` are forked from ones that have imported the library; where there are no
    forks, each begins anew.

    Attributes
    ----------
    folder
        Where commands run; None: here.
    devices
        CUDA's, by the names that CUDA_VISIBLE_DEVICES takes: each process sees the one that the fewest others see;
        empty: all see the same.
    stopped
        Whether nothing is begun any more.
    """

    folder: Path | None = None
    devices: Sequence[str] = ()
    stopped: bool = False
    _taken: Counter[str] = field(default_factory=Counter)
    _running: set[subprocess.Popen[str]] = field(default_factory=set)
    _idle: list[WarmPython] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def executor(self, jobs: int) -> Executor:
        """Return what calls `run`, so many times at once."""
        return ThreadPoolExecutor(jobs)

    def outcome(self, future: Future[tuple[int, str]]) -> tuple[int, str]:
        """Return what `run`, called by the executor, has returned."""
        return future.result()

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a command on one thread to its end; its exit status and what it printed, both streams together."""
        if list(command[:2]) == _PYTHON and hasattr(os, "fork"):
            return self._run_warm(command[2:])
        with self._lock:
            if self.stopped:
                return -signal.SIGINT, ""
            device = self._take_device()
            process = _started(command, subprocess.DEVNULL, subprocess.STDOUT, self.folder, device)
            self._running.add(process)
        output, _ = process.communicate()
        with self._lock:
            self._running.discard(process)
            self._give_back(device)
        return process.returncode, output

    def _run_warm(self, command: Sequence[str]) -> tuple[int, str]:
        with self._lock:
            if self.stopped:
                return -signal.SIGINT, ""
            python = self._idle.pop() if self._idle else WarmPython(self.folder, self._take_device())
            self._running.add(python.process)
        status, output = python.run(command)
        with self._lock:
            self._running.discard(python.process)
            if python.process.poll() is None:
                self._idle.append(python)
            else:
                self._give_back(python.device)
                python.close()
        return status, output

    def _take_device(self) -> str | None:
        """The device that the fewest processes see, the first of them."""
        if not self.devices:
            return None
        device = min(self.devices, key=lambda name: self._taken[name])
        self._taken[device] += 1
        return device

    def _give_back(self, device: str | None) -> None:
        if device is not None:
            self._taken[device] -= 1

    def stop(self) -> None:
        """Ask all of them to end: a training saves its state first."""
        with self._lock:
            self.stopped = True
            for process in self._running:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGINT)

    def close(self) -> None:
        """Let those end that wait for a command."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()


def _started(
    command: Sequence[str], stdin: int, stderr: int | IO[bytes], folder: Path | None, device: str | None
) -> subprocess.Popen[str]:
    seen = {} if device is None else {"CUDA_VISIBLE_DEVICES": device}
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", **seen},
    )
