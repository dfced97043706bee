"""What every command line of the project shares."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from select import POLLERR, POLLOUT, poll
from types import FrameType
from typing import TYPE_CHECKING, Any

from mspe.common.errors import InterruptionError, MspeError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

# argparse and logging are imported where they are used: what is imported here runs before an interrupt is handled.


def begin(usage: str | None, declare: Callable[["ArgumentParser"], object] = lambda parser: None) -> "Namespace":
    """Read a process's arguments before it imports anything that takes seconds; an interrupt then ends it in a line.

    Parameters
    ----------
    usage
        What the command does: `--help` prints it and ends the process.
    declare
        Adds the command's arguments to its parser; any other argument is refused, with status 2.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as of a background job
        signal.signal(signal.SIGINT, _leave)
    from mspe.common.arguments import Parser

    _print_any_text()
    module = sys.modules["__main__"].__spec__
    prog = f"python -m {module.name}" if module is not None else None
    parser = Parser(prog=prog, description=usage)
    declare(parser)
    with _output_may_be_closed():
        return parser.parse_args()


@contextmanager
def command(log_apart: bool = False) -> Iterator[None]:
    """Run a command: the library's log is a line each, and a mistake is one line.

    An `MspeError` ends the process with that line on standard error, and status 1, and so does a file that cannot be
    read or written; a run that a signal ended, with the status that shells expect of it; and output that nobody reads
    any more, silently with theirs.

    Parameters
    ----------
    log_apart
        Whether the log goes to standard error, since the command prints a result on standard output, say JSON for
        another program; else it goes to standard output, too.
    """
    _print_any_text()
    with _output_may_be_closed():
        try:
            with _interruptible():
                _log_to(sys.stderr if log_apart else sys.stdout)
                yield
        except InterruptionError as stop:
            print(_flat(str(stop)), file=sys.stderr)
            raise SystemExit(stop.exit_status) from None
        except KeyboardInterrupt:
            print("stopped by SIGINT", file=sys.stderr)
            raise SystemExit(128 + signal.SIGINT) from None
        except MspeError as error:
            raise _failure(str(error)) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _failure(_describe(error)) from None
        except UnicodeEncodeError as error:
            given = ascii(error.object)[:80]
            raise _failure(f"this locale cannot name {given}; set LC_ALL=C.UTF-8") from None


@contextmanager
def _output_may_be_closed() -> Iterator[None]:
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
        failure = SystemExit(128 + signal.SIGPIPE) if _reader_is_gone() else _failure(_describe(error))
        _flush()
        raise failure from None
    except OSError as error:
        _flush()
        raise _failure(f"standard output: {_describe(error)}") from None
    _flush_or_fail()


def _reader_is_gone() -> bool:
    """Whether a pipe that broke is one of the output's, and not, say, one to another process of the work."""
    outputs = poll()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        outputs.register(stream.fileno(), POLLOUT)
    return any(event & POLLERR for _, event in outputs.poll(0))


def _flush_or_fail() -> None:
    failure = _flush()
    if isinstance(failure, BrokenPipeError):
        raise SystemExit(128 + signal.SIGPIPE)
    if failure is not None:
        raise _failure(f"standard output: {_describe(failure)}")


def _flush() -> OSError | None:
    """Write out what was printed; where that fails, drop it, since the interpreter would try again at its very end."""
    failure = None
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError as error:
            failure = error
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return failure


def _print_any_text() -> None:
    """Let a terminal that is not of Unicode print escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _log_to(stream: Any) -> None:
    import logging

    class Lines(logging.StreamHandler):
        """Goes on in silence where nobody reads the log any more."""

        def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
            if not isinstance(sys.exception(), BrokenPipeError):
                super().handleError(record)

    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[Lines(stream)])


@contextmanager
def _interruptible() -> Iterator[None]:
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


def _failure(message: str) -> SystemExit:
    return SystemExit(f"error: {_flat(message)}")


def _flat(message: str) -> str:
    from mspe.common.shown import flat

    return flat(message)


def _describe(error: OSError) -> str:
    """An operating system's error in a line that names the file."""
    reason = error.strerror or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename is not None else reason
