"""A failure that a user reads: one line, and status 1."""

from mspe.common.shown import flat


def failure(message: str) -> SystemExit:
    r"""Return the end of a process whose last line on standard error is the message, with status 1.

    Examples
    --------
    >>> failure("too\nsmall").code
    'error: too small'
    """
    return SystemExit(f"error: {flat(message)}")


def describe(error: OSError) -> str:
    """Return an operating system's error as a line that names the file.

    Examples
    --------
    >>> describe(FileNotFoundError(2, "No such file or directory", "graphs.pt"))
    'graphs.pt: No such file or directory'
    """
    reason = error.strerror or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename is not None else reason
