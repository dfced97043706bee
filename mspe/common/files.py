"""Files and folders that are either old or new, never half-written, and what a kill leaves of them.

A temporary file or folder lies beside its target as `.<name>.<random>.partial` and is locked for as long as its writer
lives: what can be locked is of a dead one, and goes when the same target is next written.
"""

import ctypes
import errno
import fcntl
import glob
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from mspe.common.errors import MspeError


@contextmanager
def atomic_file(path: str | Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path`; sync it and rename it to `path` when the block ends well.

    After an exception, and after a kill, `path` is what it was before. A symbolic link stays one, and the mode of what
    stood there is kept; a pipe, a device and what standard output goes to are written as they are.

    Raises
    ------
    MspeError
        If the file cannot be written (full disk, no permission, the folder is a file).
    """
    with _said_to_be_unwritable(path):
        stream = _open_stream(path)
        if stream is not None:
            with stream:
                yield stream
            return
        target = _target(path)
        descriptor, temporary = _locked(target, _make_file)
        with _removed_at_the_end(temporary), os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            _keep_mode(target, temporary)
            temporary.replace(target)


@contextmanager
def atomic_directory(path: str | Path) -> Iterator[Path]:
    """Yield an empty temporary directory beside `path`; it takes the place of `path` when the block ends well.

    Raises
    ------
    MspeError
        If it cannot be written; what stood there before is intact.
    """
    with _said_to_be_unwritable(path):
        target = _target(path)
        descriptor, temporary = _locked(target, _make_directory)
        with _removed_at_the_end(temporary), _closed_at_the_end(descriptor):
            yield temporary
            _keep_mode(target, temporary)
            _replace_directory(temporary, target)


def write_text(path: str | Path, text: str) -> None:
    """Write a text file atomically."""
    with atomic_file(path) as file:
        file.write(text.encode())


def remove_directory(path: str | Path) -> None:
    """Remove a folder at once, where it is there: renamed it counts as gone, and a later removal takes what is left."""
    path = Path(path)
    with _said_to_be_unwritable(path):
        _remove_leftovers(path)
        if path.exists():
            _remove(_set_aside(path))


def refuse_existing(path: str | Path) -> None:
    """Refuse to write where something stands already, such as a command's own input.

    Raises
    ------
    MspeError
        If it does.
    """
    if Path(path).exists() and not _is_stream(path):
        raise MspeError(f"{path}: is there already; choose another output, or give --overwrite to replace it")


@contextmanager
def _said_to_be_unwritable(path: str | Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # of a reader that has seen enough
        raise
    except OSError as error:
        if not _is_of_writing(error, path):
            raise
        raise MspeError(
            f"cannot write {path}: {error.strerror or error}; what stood there before is intact, free some room or "
            "choose another folder"
        ) from error


def _is_of_writing(error: OSError, path: str | Path) -> bool:
    """Whether an error names what is written, a folder above it or nothing, and not, say, a file that is being read."""
    if error.filename is None or ".partial" in str(error.filename):
        return True
    return any(Path(place).absolute().is_relative_to(Path(error.filename).absolute()) for place in (path, _real(path)))


def _is_stream(path: str | Path) -> bool:
    """Whether there is nothing to replace: a pipe, a device, or the file that this process prints to."""
    try:
        found = Path(path).stat()
    except OSError:
        return False
    return _printed_to(found) is not None or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode))


def _printed_to(found: os.stat_result) -> int | None:
    """The descriptor by which this process prints to a file."""
    for descriptor in (1, 2):
        with suppress(OSError):  # it is closed
            if os.path.samestat(found, os.fstat(descriptor)):
                return descriptor
    return None


def _open_stream(path: str | Path) -> BinaryIO | None:
    if not _is_stream(path):
        return None
    descriptor = _printed_to(Path(path).stat())
    # Opened anew, a file would be written from its beginning, and not from where printing is.
    return Path(path).open("wb") if descriptor is None else os.fdopen(os.dup(descriptor), "wb")


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))


def _target(path: str | Path) -> Path:
    """What is written: of a symbolic link what it leads to, in a folder that is there."""
    target = _real(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _keep_mode(target: Path, temporary: Path) -> None:
    """Give what takes a place the mode of what stands there; without that it has the usual one already."""
    with suppress(FileNotFoundError):
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))


def _prefix(target: Path) -> str:
    """How the names of temporaries begin: no name is longer than 255 bytes."""
    encoded = os.fsencode(target.name)
    return f".{target.name}." if len(encoded) <= 235 else f".{sha256(encoded).hexdigest()}."


def _temporary(target: Path) -> Path:
    return target.with_name(f"{_prefix(target)}{uuid4().hex[:8]}.partial")


def _make_file(target: Path) -> tuple[int, Path]:
    temporary = _temporary(target)
    return os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666), temporary


def _make_directory(target: Path) -> tuple[int, Path]:
    temporary = _temporary(target)
    temporary.mkdir()
    return os.open(temporary, os.O_RDONLY), temporary


def _locked(target: Path, make: Callable[[Path], tuple[int, Path]]) -> tuple[int, Path]:
    """Make something temporary beside the target, locked, and remove what dead writers of the target left."""
    _remove_leftovers(target)
    while True:
        descriptor, temporary = make(target)
        with suppress(OSError):  # a file system without locks, where leftovers stay
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if temporary.exists():  # else another writer's clearing up came before the lock
            return descriptor, temporary
        os.close(descriptor)


def _remove_leftovers(target: Path) -> None:
    """Remove what writers of the target left that live no more."""
    for leftover in target.parent.glob(f"{glob.escape(_prefix(target))}*.partial"):
        with suppress(OSError):  # of a writer that lives, renamed meanwhile, or not ours
            descriptor = os.open(leftover, os.O_RDONLY)
            with _closed_at_the_end(descriptor):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(leftover)


def _remove(path: Path) -> None:
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    with suppress(OSError):
        path.chmod(0o700)  # nothing can be removed from a folder that is read-only
    shutil.rmtree(path, ignore_errors=True)


def _set_aside(path: Path) -> Path:
    """Rename a folder to a name that says that it can go."""
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    return path.rename(_temporary(path))


def _replace_directory(temporary: Path, target: Path) -> None:
    """Put a folder in another's place, which, where the file system can exchange the two, is there at every moment."""
    if not target.exists():
        temporary.rename(target)
    elif not (target.is_dir() and _exchange(temporary, target)):
        former = _set_aside(target)
        try:
            temporary.rename(target)
        except OSError:
            former.rename(target)
            raise
        _remove(former)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one operation, which Python does not know; whether that was possible."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


@contextmanager
def _removed_at_the_end(temporary: Path) -> Iterator[None]:
    try:
        yield
    finally:
        _remove(temporary)


@contextmanager
def _closed_at_the_end(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)
