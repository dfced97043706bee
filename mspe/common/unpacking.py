"""Compressed files, and others that say how much they hold: never unpacked beyond what their size makes likely."""

import gzip
import zipfile
import zlib
from pathlib import Path

from mspe.common.errors import MspeError

_FREE = 64 * 2**20
_RATIO = 200
_CHUNK = 2**20


def refuse_fold(path: Path, unpacked: int) -> None:
    """Refuse a file that unpacks to over 64 MiB and over 200 times its own size; tables of text reach some 50 times.

    Parameters
    ----------
    path
        The file.
    unpacked
        Bytes that its content takes, as far as known.

    Raises
    ------
    MspeError
        If it does.
    """
    Unpacked(path).add(unpacked)


class Unpacked:
    """Counts the bytes that a file unpacks to while it is read, and refuses it as `refuse_fold` does.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._packed = path.stat().st_size
        self._size = 0

    def add(self, size: int) -> None:
        """Count more bytes.

        Raises
        ------
        MspeError
            If they are too many by now.
        """
        self._size += size
        if self._size > max(_FREE, _RATIO * self._packed):
            raise MspeError(
                f"{self._path}: {self._packed} bytes unpack to {self._size} or more, allowed: {_FREE} bytes, or "
                f"{_RATIO} times the file's size; if it is yours, unpack it, or save what it holds in full"
            )


def refuse_special(path: Path) -> None:
    """Refuse what is no regular file, which could have no end, or wait for ever.

    Raises
    ------
    MspeError
        If it is a folder, a pipe or a device.
    """
    if path.exists() and not path.is_file():
        raise MspeError(f"{path}: not a regular file (a folder, a pipe or a device); give a file, a copy of it say")


def unpack_gzip(path: Path) -> bytes:
    """Return the content of a gzip file.

    Raises
    ------
    MspeError
        If it is cut off or damaged, or `refuse_fold` refuses it, before more than that is in memory.
    """
    content = bytearray()
    try:
        with gzip.open(path) as file:
            while chunk := file.read(_CHUNK):
                content += chunk
                refuse_fold(path, len(content))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise MspeError(f"{path}: not a whole gzip file ({error}); compress it again, or give it unpacked") from None
    return bytes(content)


def check_archive(path: Path) -> None:
    """Refuse a zip file, as `torch.save` writes, whose entries `refuse_fold` refuses; other files pass.

    Raises
    ------
    MspeError
        If it does.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, EOFError, ValueError, OverflowError, NotImplementedError):
        return  # whoever reads it says what is wrong
    refuse_fold(path, unpacked)
