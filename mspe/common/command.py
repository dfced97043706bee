"""What every command line of the project shares."""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mspe.common.errors import InterruptionError, MspeError


@contextmanager
def command(log_apart: bool = False) -> Iterator[None]:
    """Run a command: the library's log is a line each, and a mistake is one line.

    An `MspeError` ends the process with that line on standard error, and status 1; a run that a signal ended, with the
    status that shells expect of it.

    Parameters
    ----------
    log_apart
        Whether the log goes to standard error, since the command prints a result on standard output, say JSON for
        another program; else it goes to standard output, too.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr if log_apart else sys.stdout)
    try:
        yield
    except InterruptionError as stop:
        print(stop, file=sys.stderr)
        raise SystemExit(stop.exit_status) from None
    except KeyboardInterrupt:
        print("stopped by SIGINT", file=sys.stderr)
        raise SystemExit(128 + signal.SIGINT) from None
    except MspeError as error:
        raise SystemExit(f"error: {error}") from None
