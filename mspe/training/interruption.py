"""Ending a run at a request: after the step, with everything saved."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from mspe.common.errors import InterruptionError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Inside the block SIGINT and SIGTERM only leave a note, which the training loop reads after every step.

    A second signal of the same kind does what it does elsewhere. Only the main thread can take signals; in any other,
    and where `enabled` is False, nothing is changed.
    """

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled and threading.current_thread() is threading.main_thread()
        self.requested: signal.Signals | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interruption":
        if self.enabled:
            self._before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.requested = signal.Signals(number)
        signal.signal(number, self._before[self.requested])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def raise_if_requested(self, where: str, how_to_resume: str) -> None:
        """End the run if a signal has come.

        Raises
        ------
        InterruptionError
            If so.
        """
        if self.requested is not None:
            raise InterruptionError(f"stopped by {self.requested.name} {where}; {how_to_resume}", self.requested)
