"""What every command line of the project shares."""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mspe.common.errors import InterruptionError, MspeError


@contextmanager
def command() -> Iterator[None]:
    """Run a command: the library's log goes to standard output, a line each, and a mistake is one line.

    An `MspeError` ends the process with that line on standard error, and status 1; a run that a signal ended, with the
    status that shells expect of it.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
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
