"""Output that any terminal can print, and that somebody may stop reading."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from select import POLLERR, POLLOUT, poll

from mspe.common.failure import describe, failure


def print_any_text() -> None:
    """Let a terminal that is not of Unicode print escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def output_may_be_closed() -> Iterator[None]:
    """End a process whose output nobody reads any more, as of `| head -1`, without a word and with a shell's status."""
    try:
        yield
    except SystemExit as end:
        if end.code:
            _flush()
        else:  # as after `--help`
            _flush_or_fail()
        raise
    except BrokenPipeError as error:
        ended = SystemExit(128 + signal.SIGPIPE) if _reader_is_gone() else failure(describe(error))
        _flush()
        raise ended from None
    except OSError as error:
        _flush()
        raise failure(f"standard output: {describe(error)}") from None
    _flush_or_fail()


def _reader_is_gone() -> bool:
    """Whether a pipe that broke is one of the output's, and not, say, one to another process of the work."""
    outputs = poll()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        outputs.register(stream.fileno(), POLLOUT)
    return any(event & POLLERR for _, event in outputs.poll(0))


def _flush_or_fail() -> None:
    error = _flush()
    if isinstance(error, BrokenPipeError):
        raise SystemExit(128 + signal.SIGPIPE)
    if error is not None:
        raise failure(f"standard output: {describe(error)}")


def _flush() -> OSError | None:
    """Write out what was printed; where that fails, drop it, since the interpreter would try again at its very end."""
    last = None
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError as error:
            last = error
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return last
