"""The beginning and the end of every command of the project."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mspe.common.errors import InterruptionError, MspeError
from mspe.common.failure import describe, failure
from mspe.common.interrupts import interruptible, leave_when_interrupted
from mspe.common.output import output_may_be_closed, print_any_text
from mspe.common.shown import flat

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
    leave_when_interrupted()
    from mspe.common.arguments import Parser

    print_any_text()
    module = sys.modules["__main__"].__spec__
    prog = f"python -m {module.name}" if module is not None else None
    parser = Parser(prog=prog, description=usage)
    declare(parser)
    with output_may_be_closed():
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
    print_any_text()
    with output_may_be_closed():
        try:
            with interruptible():
                _log_to(sys.stderr if log_apart else sys.stdout)
                yield
        except InterruptionError as stop:
            print(flat(str(stop)), file=sys.stderr)
            raise SystemExit(stop.exit_status) from None
        except KeyboardInterrupt:
            print("stopped by SIGINT", file=sys.stderr)
            raise SystemExit(128 + signal.SIGINT) from None
        except MspeError as error:
            raise failure(str(error)) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            raise failure(describe(error)) from None
        except UnicodeEncodeError as error:
            given = ascii(error.object)[:80]
            raise failure(f"this locale cannot name {given}; set LC_ALL=C.UTF-8") from None


def _log_to(stream: Any) -> None:
    import logging

    class Lines(logging.StreamHandler):
        """Goes on in silence where nobody reads the log any more."""

        def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
            if not isinstance(sys.exception(), BrokenPipeError):
                super().handleError(record)

    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[Lines(stream)])
