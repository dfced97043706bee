"""An interrupt, which ends a process in one line: at once while it imports, else after what it does to clean up."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def leave_when_interrupted() -> None:
    """Let SIGINT end the process at once, unless it is ignored, as of a background job."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGINT raise KeyboardInterrupt, outside imports, until the block ends."""
    before = signal.getsignal(signal.SIGINT)
    if before not in (_leave, signal.default_int_handler):  # ignored, as of a background job, or a caller's own
        yield
        return
    try:
        signal.signal(signal.SIGINT, _interrupt)
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave(number: int, frame: FrameType | None) -> None:
    os.write(2, b"stopped by SIGINT\n")
    os._exit(128 + number)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Leave at once from inside an import, which may swallow an exception or turn it into another one."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            _leave(number, frame)
        frame = frame.f_back
    raise KeyboardInterrupt
