"""The project's own errors."""

from signal import Signals


class MspeError(ValueError):
    """An error that the user can fix.

    Its message is one line: what was given, where, what is allowed, and what to do.
    """


class InterruptionError(MspeError):
    """A run that ended at a signal, with its state saved; the message says how to resume.

    Attributes
    ----------
    exit_status
        What a shell expects of a process that a signal ended.
    """

    def __init__(self, message: str, signal: Signals) -> None:
        super().__init__(message)
        self.exit_status = 128 + signal
