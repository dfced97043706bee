"""A run that keeps its state while it trains, and ends at a signal with everything saved."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mspe.training.checkpoint import RunState
from mspe.training.distributed import ProcessGroup
from mspe.training.interruption import Interruption
from mspe.training.progress import EpochProgress


class SavedRun:
    """Decides when the state is saved, and ends all processes of a run where one has got a signal.

    Parameters
    ----------
    file
        Of the state.
    interruption
        The signals of this process.
    save_interval
        Seconds between two states within an epoch.
    resumes_mid_epoch
        Whether the run can be resumed within an epoch; if not, nothing is saved there.
    """

    def __init__(
        self, file: RunState, interruption: Interruption, save_interval: float, resumes_mid_epoch: bool
    ) -> None:
        self.file = file
        self.interruption = interruption
        self.save_interval = save_interval
        self.resumes_mid_epoch = resumes_mid_epoch
        self._saved_at = time.monotonic()

    def save(self, state: dict[str, Any], progress: EpochProgress | None = None) -> None:
        """Save the state, with what an unfinished epoch has seen."""
        self.file.save(state, progress)
        self._saved_at = time.monotonic()

    def after_step(self, take_state: Callable[[], dict[str, Any]], progress: EpochProgress, where: str) -> None:
        """Save the state if it is time to or a signal has come, and end the run in the latter case.

        Raises
        ------
        InterruptionError
            If a signal has come.
        """
        due = self._sync_stop()
        if self.resumes_mid_epoch and (due or self.interruption.requested):
            self.save(take_state(), progress)
        self.interruption.raise_if_requested(where, self.file.describe(self.resumes_mid_epoch))

    def after_epoch(self, where: str) -> None:
        """End the run, whose state has just been saved, if a signal has come.

        Raises
        ------
        InterruptionError
            If so.
        """
        self._sync_stop()
        self.interruption.raise_if_requested(where, self.file.describe(resumes_mid_epoch=True))

    def _sync_stop(self) -> bool:
        """Stop all processes at the same step where one has got a signal; whether one of them is to save the state."""
        due = self.file.path is not None and time.monotonic() - self._saved_at >= self.save_interval
        gathered = self.file.group.gather((self.interruption.requested, due))
        self.interruption.requested = next((signal for signal, _ in gathered if signal), None)
        return any(due for _, due in gathered)


@contextmanager
def saved_run(
    path: str | Path | None, group: ProcessGroup, save_interval: float, resumes_mid_epoch: bool
) -> Iterator[SavedRun]:
    """Hold a run's state and take its signals; where `path` is None nothing is kept and signals are left alone.

    Raises
    ------
    MspeError
        If another process is on the same run.
    """
    with RunState(path, group) as file, Interruption(enabled=path is not None) as interruption:
        yield SavedRun(file, interruption, save_interval, resumes_mid_epoch)
