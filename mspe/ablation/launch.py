"""Running processes, several at a time, so that all of them can be stopped together and continued."""

import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING

from mspe.ablation.processes import Processes
from mspe.ablation.records import is_done
from mspe.ablation.study import Run, Study
from mspe.common.cluster import active_client, appears
from mspe.common.errors import InterruptionError, MspeError
from mspe.common.files import write_text
from mspe.common.terminal import duration
from mspe.training.device import shared_devices

if TYPE_CHECKING:
    from mspe.ablation.remote import RemoteProcesses

logger = logging.getLogger(__name__)

_NOT_HERE = (
    "finished on a worker, but result.json is not here or of other code; use a folder that all machines share, and "
    "the same code"
)


def call(commands: Mapping[str, Sequence[str]], jobs: int, device: str = "cpu") -> None:
    """Run commands, `jobs` at a time, each in a process of its own; inside a cluster's block its workers run them.

    Parameters
    ----------
    commands
        By name.
    jobs
        Of one machine; the workers of a cluster run as many as they have room for.
    device
        `cuda`, or `auto`: processes are dealt among the devices that there are.

    Raises
    ------
    MspeError
        If one fails: its name in `commands`, and its own error.
    InterruptionError
        If SIGINT or SIGTERM came.
    """
    processes = _processes(device)
    with processes.executor(jobs) as pool, _stopping(processes):
        futures = {pool.submit(processes.run, command): name for name, command in commands.items()}
        for future in as_completed(futures):
            status, output = processes.outcome(future)
            if status and not processes.stopped:
                raise MspeError(f"{futures[future]}: {_reason(status, output)}")


def launch(study: Study, runs: Sequence[Run], jobs: int) -> None:
    """Make runs, `jobs` at a time, each in a process of its own; inside a cluster's block its workers make them.

    One that fails leaves `failed.txt`, with its reason, and `output.txt`, with all that it printed, in its folder, and
    the others go on.

    Raises
    ------
    InterruptionError
        If SIGINT or SIGTERM came: what was under way has saved its state, and the same call resumes it.
    """
    processes, start = _processes(study.settings.device), time.monotonic()
    with processes.executor(jobs) as pool, _stopping(processes):
        futures = {pool.submit(processes.run, _command(study, run)): run for run in runs}
        for number, future in enumerate(as_completed(futures), start=1):
            run, (status, output) = futures[future], processes.outcome(future)
            if processes.stopped:
                continue
            if status == 0 and active_client() is not None and not _is_here(study, run):
                status, output = 1, f"error: {_NOT_HERE}"
            if status == 0:
                _forget_failure(study, run)
                result = "finished"
            else:
                result = f"FAILED: {_note_failure(study, run, status, output)}"
            left = (time.monotonic() - start) / number * (len(runs) - number)
            logger.info("%d/%d  %s: %s; about %s left", number, len(runs), run, result, duration(left))


def _processes(device: str) -> "Processes | RemoteProcesses":
    """On the workers of the cluster whose block this is in, else here."""
    client = active_client()
    if client is None:
        return Processes(devices=shared_devices(device))
    from mspe.ablation.remote import RemoteProcesses

    return RemoteProcesses(client)


def _is_here(study: Study, run: Run) -> bool:
    """Whether what a worker has finished is what this process would have."""
    return appears(study.run_folder(run) / "result.json") and is_done(study, run)


def _command(study: Study, run: Run) -> list[str]:
    return [sys.executable, "-m", "mspe.ablation.run", str(study.folder), run.round, run.variant, str(run.seed)]


def _note_failure(study: Study, run: Run, status: int, output: str) -> str:
    """Leave why a run failed in its folder; the reason."""
    reason = _reason(status, output)
    write_text(study.run_folder(run) / "failed.txt", reason + "\n")
    write_text(study.run_folder(run) / "output.txt", output)
    return reason


def _forget_failure(study: Study, run: Run) -> None:
    for name in ("failed.txt", "output.txt"):
        (study.run_folder(run) / name).unlink(missing_ok=True)


@contextmanager
def _stopping(processes: "Processes | RemoteProcesses") -> Iterator[None]:
    """Inside the block SIGINT and SIGTERM stop the processes; the block's end then raises.

    Outside the main thread, which alone takes signals, an exception stops them.
    """
    received: list[signal.Signals] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if not received:
            logger.info("stopping: every run under way saves its state")
        received.append(signal.Signals(number))
        processes.stop()

    with _handled(stop):
        try:
            yield
        except BaseException:
            processes.stop()
            raise
        finally:
            processes.close()
    if received:
        raise InterruptionError(f"stopped by {received[0].name}; run the same command to resume", received[0])


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    if current_thread() is not main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _reason(status: int, output: str) -> str:
    """Why a process failed, in one line: its own error, or else the last thing that was printed."""
    errors = [line.strip() for line in output.splitlines() if line.startswith("error: ")]
    return errors[0].removeprefix("error: ") if errors else f"exit status {status}: {_last_line(output)}"


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing was printed"
