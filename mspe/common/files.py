"""Files and folders that are either old or new, never half-written, and what a kill leaves of them.

A temporary file or folder lies beside its target as `.<name>.<random>.partial` and is locked for as long as its writer
lives: what can be locked is of a dead one, and goes when the same target is next written.
"""

import fcntl
import glob
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

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
            temporary.chmod(_mode(target, 0o666))
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
            temporary.chmod(_mode(target, 0o777))
            _replace_directory(temporary, target)


def write_text(path: str | Path, text: str) -> None:
    """Write a text file atomically."""
    with atomic_file(path) as file:
        file.write(text.encode())


def remove_directory(path: str | Path) -> None:
    """Remove a folder at once, whole or not at all, where it is there; and what a kill left of an earlier removal."""
    path = Path(path)
    with _said_to_be_unwritable(path):
        _remove_leftovers(path)
        if path.exists():
            shutil.rmtree(_set_aside(path))


def refuse_existing(path: str | Path) -> None:
    """Refuse to write where something stands already, such as a command's own input.

    Raises
    ------
    MspeError
        If it does.
    """
    if Path(path).exists():
        raise MspeError(f"{path}: is there already; choose another output, or give --overwrite to replace it")


@contextmanager
def _said_to_be_unwritable(path: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MspeError(
            f"cannot write {path}: {error.strerror or error}; what stood there before is intact, free some room or "
            "choose another folder"
        ) from error


def _open_stream(path: str | Path) -> BinaryIO | None:
    """Open what cannot be replaced: a pipe, a device, or the file that this process prints to; else None."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return None
    for descriptor in (1, 2):
        with suppress(OSError):  # it is closed
            if os.path.samestat(found, os.fstat(descriptor)):
                return os.fdopen(os.dup(descriptor), "wb")  # at the place that printing has reached
    if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
        return None
    return Path(path).open("wb")


def _target(path: str | Path) -> Path:
    """What is written: of a symbolic link what it leads to, in a folder that is there."""
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _mode(target: Path, usual: int) -> int:
    """The mode of what stands there; else the usual one, less the process's mask."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return usual & ~mask


def _make_file(target: Path) -> tuple[int, Path]:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)
    return descriptor, Path(name)


def _make_directory(target: Path) -> tuple[int, Path]:
    name = tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)
    return os.open(name, os.O_RDONLY), Path(name)


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
    pattern = f".{glob.escape(target.name)}.*.partial"
    for leftover in target.parent.glob(pattern):
        with suppress(OSError):  # of a writer that lives, renamed meanwhile, or not ours
            descriptor = os.open(leftover, os.O_RDONLY)
            with _closed_at_the_end(descriptor):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(leftover)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _set_aside(path: Path) -> Path:
    """Rename a folder to a name that says that it can go."""
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
    return path.replace(aside)  # over an empty folder


def _replace_directory(temporary: Path, target: Path) -> None:
    former = _set_aside(target) if target.exists() else None
    try:
        temporary.replace(target)
    except OSError:
        if former is not None:
            former.replace(target)
        raise
    if former is not None:
        shutil.rmtree(former, ignore_errors=True)


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
