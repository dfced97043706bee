"""Tensors and plain values as files that cannot execute code, and that are known when they are damaged."""

import io
import pickle
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from mspe.common.checksums import checksum, file_checksum
from mspe.common.errors import MspeError
from mspe.common.files import atomic_file
from mspe.common.unpacking import check_archive, refuse_special

_MARK = b"mspe xxh3-128 "
_SEAL_SIZE = len(_MARK) + 32
"""Of the archive's comment, its last bytes: the mark and the checksum of all before them."""


def write_tensors(path: str | Path, content: Mapping[str, Any] | list[Any]) -> None:
    """Save tensors and plain values atomically; equal content gives equal bytes (no file name is stored)."""
    archive = io.BytesIO()  # writing itself, torch hides a full disk behind an error of its archive format
    torch.save(dict(content) if isinstance(content, Mapping) else content, archive)
    body = archive.getbuffer()
    body[-2:] = _SEAL_SIZE.to_bytes(2, "little")  # a zip file ends with the length of its comment
    with atomic_file(path) as file:
        file.write(body)
        file.write(_MARK + checksum(body).encode())


def read_tensors(path: str | Path, mapped: bool = False) -> dict[str, Any]:
    """Load what `write_tensors` wrote, on the CPU, refusing damage and anything that would execute code.

    Parameters
    ----------
    path
        Of the file.
    mapped
        Leave the tensors in the file until they are used: for those that are copied anyway.

    Raises
    ------
    MspeError
        If the file is missing, damaged, or holds more than tensors and plain values.
    """
    path = Path(path)
    verify_tensors(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # of pickles that torch did not write
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except Exception as error:  # torch raises half a dozen types for a damaged archive
        raise _unreadable(path, _reason(error)) from error
    if not isinstance(content, dict):
        raise MspeError(f"{path}: holds a {type(content).__name__}, expected a dictionary; was it written by mspe?")
    return content


def verify_tensors(path: str | Path) -> None:
    """See that every byte of a tensor file is as it was written; torch verifies none of them.

    One without a checksum, which torch or an earlier version wrote, is verified by those of a zip file's entries.

    Raises
    ------
    MspeError
        If the file is missing, no regular file, damaged, or unpacks to far more than its size.
    """
    path = Path(path)
    if not path.exists():
        raise MspeError(f"{path}: no such file; run the stage that writes it (`dvc repro`)")
    refuse_special(path)
    check_archive(path)
    sealed = read_seal(path)
    if sealed is None:
        problem = _problem_of_entries(path)
    else:
        problem = None if sealed == file_checksum(path, _SEAL_SIZE) else "its content does not match its checksum"
    if problem is not None:
        raise _unreadable(path, problem)


def read_seal(path: Path) -> str | None:
    """Return the checksum that `write_tensors` put behind a file's content; None where there is none.

    Raises
    ------
    MspeError
        If it cannot be read.
    """
    refuse_special(path)
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _SEAL_SIZE))
            seal = file.read()
    except OSError as error:
        raise MspeError(f"{path}: cannot be read ({error.strerror or error})") from error
    return seal.removeprefix(_MARK).decode(errors="replace") if seal.startswith(_MARK) else None


def _problem_of_entries(path: Path) -> str | None:
    if path.stat().st_size == 0:
        return "it is empty"
    try:
        with zipfile.ZipFile(path) as archive:
            if any(map(_is_odd, archive.infolist())):
                return "its directory contradicts itself"
            damaged = archive.testzip()
    except Exception as error:  # zipfile too raises half a dozen types
        return _reason(error)
    return None if damaged is None else f"{damaged} does not match its checksum"


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    """Whether torch reads something else of an entry than what `testzip` verifies."""
    is_folder = bool(entry.external_attr & 0x10) and entry.file_size > 0  # read as empty
    return is_folder or (entry.compress_type == zipfile.ZIP_STORED and entry.compress_size != entry.file_size)


def _reason(error: Exception) -> str:
    if isinstance(error, pickle.UnpicklingError):  # torch's own text tells to load it all the same
        return "it holds more than tensors and plain values, which could execute code, or is no file of torch"
    return next(iter(str(error).splitlines()), type(error).__name__)


def _unreadable(path: Path, reason: str) -> MspeError:
    return MspeError(
        f"{path}: not a readable tensor file ({reason}); it is damaged, or was not written by mspe: "
        "run again what writes it"
    )
