"""Running the stages of the ablation that are not done yet, several at a time."""

import json
import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from threading import RLock
from types import FrameType

import torch

from mspe.ablation.config import load_ablation
from mspe.ablation.records import Run, run_folder
from mspe.common.errors import InterruptionError, MspeError
from mspe.common.files import write_text
from mspe.config import load_params
from mspe.training.device import get_device

logger = logging.getLogger(__name__)

PIPELINE = "ablation/dvc.yaml"
_REPRODUCE = ("dvc", "--wait-for-lock", "repro")


@dataclass
class Processes:
    """DVC's processes that are under way, each in a process group of its own, so that they can be stopped together."""

    threads: int
    """CPU threads of each; by their number the same seed gives the same numbers."""
    stopped: bool = False
    _running: set[subprocess.Popen[str]] = field(default_factory=set)
    _lock: RLock = field(default_factory=RLock)

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a command to its end; its exit status and what it printed, both streams together."""
        with self._lock:
            if self.stopped:
                return -signal.SIGINT, ""
            process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
                env={"OMP_NUM_THREADS": str(self.threads), **os.environ},
            )
            self._running.add(process)
        output, _ = process.communicate()
        with self._lock:
            self._running.discard(process)
        return process.returncode, output

    def stop(self) -> None:
        """Ask all of them to end: a training saves its state first."""
        with self._lock:
            self.stopped = True
            for process in self._running:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGINT)


def run_ablation(jobs: int | None) -> list[Run]:
    """Declare the variants, run those that DVC finds changed or not done, and report.

    Parameters
    ----------
    jobs
        Runs at a time; None: one per core, and one on a GPU.

    Returns
    -------
    list of Run
        Those that failed.
    """
    ablation = load_ablation()
    on_gpu = get_device(load_params().runtime.device).type == "cuda"
    jobs = jobs or (1 if on_gpu else os.cpu_count() or 1)
    reproduce(f"{PIPELINE}:declare")
    runs = [Run(variant, seed) for seed, variant in product(ablation.seeds, ablation.variants)]
    todo = runs_to_do(runs)
    print(f"{len(runs) - len(todo)} of {len(runs)} runs are done; {len(todo)} to do, {jobs} at a time", flush=True)
    failed = launch(todo, jobs, threads=max(1, torch.get_num_threads() // jobs))
    reproduce(f"{PIPELINE}:report", "--single-item")  # DVC would first try again what has failed
    return failed


def reproduce(stage: str, *options: str) -> None:
    """Bring one stage and, without `--single-item`, all that it needs up to date, its output shown.

    Raises
    ------
    MspeError
        If it failed.
    """
    status = subprocess.run([*_REPRODUCE, *options, stage], check=False).returncode
    if status:
        raise MspeError(f"{stage} ended with exit status {status}; its own message stands above")


def runs_to_do(runs: Sequence[Run]) -> list[Run]:
    """Those that DVC finds changed or not done.

    Raises
    ------
    MspeError
        If DVC cannot tell.
    """
    result = subprocess.run(
        ["dvc", "--wait-for-lock", "status", "--json", PIPELINE], capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise MspeError(f"dvc status {PIPELINE}: {_last_line(result.stderr)}")
    changed = json.loads(result.stdout)
    return [run for run in runs if _stage(run) in changed]


def launch(runs: Sequence[Run], jobs: int, threads: int) -> list[Run]:
    """Run stages, `jobs` at a time, each in a process of DVC's.

    One that fails leaves `failed.txt`, with its reason, and `output.txt`, with all that it printed, in its folder, and
    the others go on.

    Returns
    -------
    list of Run
        Those that failed.

    Raises
    ------
    InterruptionError
        If SIGINT or SIGTERM came: what was under way has saved its state, and the same call resumes it.
    """
    processes, failed = Processes(threads), []
    start = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool, _stopping(processes):
        futures = {pool.submit(processes.run, [*_REPRODUCE, "--single-item", _stage(run)]): run for run in runs}
        for number, future in enumerate(as_completed(futures), start=1):
            run, (status, output) = futures[future], future.result()
            if processes.stopped:
                continue
            reason = _reason(status, output) if status else None
            if reason is not None:
                failed.append(run)
                folder = run_folder(run.variant, run.seed)
                write_text(folder / "failed.txt", reason + "\n")
                write_text(folder / "output.txt", output)
            left = (time.monotonic() - start) / number * (len(runs) - number)
            result = "finished" if reason is None else f"FAILED: {reason}"
            name = f"{run.variant}, seed {run.seed}"
            logger.info("%d/%d  %s: %s; about %s left", number, len(runs), name, result, _duration(left))
    return failed


@contextmanager
def _stopping(processes: Processes) -> Iterator[None]:
    """Inside the block SIGINT and SIGTERM stop the processes; the block's end then raises."""
    received: list[signal.Signals] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if not received:
            logger.info("stopping: every run under way saves its state")
        received.append(signal.Signals(number))
        processes.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        raise InterruptionError(f"stopped by {received[0].name}; run the same command to resume", received[0])


def _stage(run: Run) -> str:
    """The run's stage, as DVC names it."""
    return f"{PIPELINE}:run@{run.variant}-{run.seed}"


def _reason(status: int, output: str) -> str:
    """Why a stage failed, in one line: its own error, or else the last thing that was printed."""
    errors = [line.strip() for line in output.splitlines() if line.startswith("error: ")]
    return errors[0].removeprefix("error: ") if errors else f"exit status {status}: {_last_line(output)}"


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing was printed"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
