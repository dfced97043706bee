"""Text as files, in UTF-8 whatever the machine's language is."""

from pathlib import Path

from mspe.common.errors import MspeError
from mspe.common.unpacking import refuse_special


def read_text(path: str | Path, remedy: str, largest: int = -1) -> str:
    """Read a text file; a byte order mark is left out.

    Parameters
    ----------
    path
        The file.
    remedy
        What to do if there is none, for the message.
    largest
        Bytes at most; negative: any number.

    Raises
    ------
    MspeError
        If the file is missing, cannot be read, is a folder, a pipe or a device, is too large, or is not UTF-8.
    """
    try:
        refuse_special(Path(path))
        with Path(path).open("rb") as file:
            content = file.read(largest + 1 if largest >= 0 else -1)
    except FileNotFoundError:
        raise MspeError(f"{path}: no such file; {remedy}") from None
    except OSError as error:
        raise MspeError(f"{path}: cannot be read ({error.strerror or error}); {remedy}") from None
    if 0 <= largest < len(content):
        raise MspeError(f"{path}: too large, allowed: up to {largest:,} bytes; {remedy}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MspeError(f"{path}: line {line}: not UTF-8 text ({error.reason}); save the file as UTF-8") from None
