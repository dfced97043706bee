"""The whole state of a run, kept so that nothing is lost when the run ends early."""

from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout
from torch import nn

from mspe.common.errors import MspeError
from mspe.common.files import write_tensors
from mspe.training.checkpoint import read_checkpoint
from mspe.training.distributed import Workers
from mspe.training.progress import EpochProgress
from mspe.training.reproducibility import generator_states, restore_generator_states


class RunState:
    """The file of one run's state, which one run at a time may hold.

    Parameters
    ----------
    path
        Of the file; None keeps nothing.
    workers
        The processes of the run: each has generators, and a share of the epoch, of its own.

    Raises
    ------
    MspeError
        On entering, if another process holds it.
    """

    def __init__(self, path: str | Path | None, workers: Workers) -> None:
        self.path = None if path is None else Path(path)
        self.workers = workers
        self._lock: FileLock | None = None

    def __enter__(self) -> "RunState":
        if self.path is None or not self.workers.is_main:
            return self
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(f"{self.path}.lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise MspeError(f"{self.path}: another process is on this run; wait for it, or stop it") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.release()

    def exists(self) -> bool:
        """Whether there is a run to go on with."""
        return self.path is not None and self.path.exists()

    def save(self, state: dict[str, Any], progress: EpochProgress | None) -> None:
        """Write the state, and of every process its random generators and what it has seen of an unfinished epoch."""
        if self.path is None:
            return
        own = {"generators": generator_states(), "progress": None if progress is None else progress.state_dict()}
        processes = self.workers.gather(own)
        if self.workers.is_main:
            write_tensors(self.path, {**state, "processes": processes})

    def load(self, model: nn.Module) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Read what `save` wrote, and put the random generators back: the state and this process's progress.

        Raises
        ------
        MspeError
            If the file is damaged, or belongs to another model or to another number of processes.
        """
        assert self.path is not None, "there is no state to load"
        state = read_checkpoint(self.path, model)
        if "processes" not in state:
            raise MspeError(f"{self.path}: a checkpoint, not a run's state; give load_checkpoint the checkpoint")
        processes = state["processes"]
        if len(processes) != self.workers.size:
            raise MspeError(
                f"{self.path}: the run was on {len(processes)} processes, not {self.workers.size}; go on with as many, "
                "or delete the file to begin anew"
            )
        own = processes[self.workers.rank]
        restore_generator_states(own["generators"])
        return state, own["progress"]
