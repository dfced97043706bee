"""The whole state of a run, kept so that nothing is lost when the run ends early."""

import logging
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout
from torch import nn

from mspe.common.errors import MspeError
from mspe.common.files import read_tensors, write_tensors
from mspe.training.checkpoint import read_checkpoint
from mspe.training.reproducibility import generator_states, restore_generator_states

logger = logging.getLogger(__name__)


class RunState:
    """The file of one run's state, which one process at a time may hold.

    Parameters
    ----------
    path
        Of the file; None keeps nothing.

    Raises
    ------
    MspeError
        On entering, if another process holds it.
    """

    def __init__(self, path: str | Path | None) -> None:
        self.path = None if path is None else Path(path)
        self._lock: FileLock | None = None

    def __enter__(self) -> "RunState":
        if self.path is None:
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

    def save(self, state: dict[str, Any]) -> None:
        """Write the state, and with it those of all random generators."""
        if self.path is not None:
            write_tensors(self.path, {**state, "generators": generator_states()})

    def load(self, model: nn.Module) -> dict[str, Any]:
        """Read what `save` wrote, and put the random generators back.

        Raises
        ------
        MspeError
            If the file is damaged or belongs to another model.
        """
        assert self.path is not None, "there is no state to load"
        read_checkpoint(self.path, model)
        state = read_tensors(self.path)
        restore_generator_states(state["generators"])
        return state
