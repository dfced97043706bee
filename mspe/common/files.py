"""Files that are either old or new, never half-written."""

import csv
import io
import json
import math
import os
import pickle
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import torch

from mspe.common.errors import MspeError


@contextmanager
def atomic_file(path: str | Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path`; sync it and rename it to `path` when the block ends well.

    After an exception, and after a kill, `path` is what it was before.

    Raises
    ------
    MspeError
        If the file cannot be written (full disk, no permission, the folder is a file).
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise MspeError(
            f"cannot write {path}: {error.strerror or error}; what stood there before is intact, free some room or "
            "choose another folder"
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


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
def atomic_directory(path: str | Path) -> Iterator[Path]:
    """Yield an empty temporary directory beside `path`; it takes the place of `path` when the block ends well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        if path.exists():
            shutil.rmtree(path)
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a text file atomically."""
    with atomic_file(path) as file:
        file.write(text.encode())


def write_json(path: str | Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file atomically, indented, keys in the given order; NaN and infinity become null."""
    write_text(path, json.dumps(_finite(content), indent=2, allow_nan=False) + "\n")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_json(path: str | Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    MspeError
        If the file is missing, is not JSON, or holds something else than an object.
    """
    try:
        content = json.loads(Path(path).read_text())
    except FileNotFoundError:
        raise MspeError(f"{path}: no such file; run the stage that writes it (`dvc repro`)") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise MspeError(f"{path}: not valid JSON ({error})") from None
    if not isinstance(content, dict):
        raise MspeError(f"{path}: holds a {type(content).__name__}, expected an object; was it written by mspe?")
    return content


def write_csv(path: str | Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns of equal length as a CSV file with a header, atomically; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    write_text(path, text.getvalue())


def read_csv(path: str | Path) -> dict[str, list[float]]:
    """Read a table of numbers, as columns; an empty cell is NaN.

    Raises
    ------
    MspeError
        If the file is missing.
    """
    path = Path(path)
    if not path.is_file():
        raise MspeError(f"{path}: no such file; run the stage that writes it (`dvc repro`)")
    header, *rows = csv.reader(path.read_text().splitlines())
    return {name: [float(row[i] or "nan") for row in rows] for i, name in enumerate(header)}


def write_tensors(path: str | Path, content: Mapping[str, Any] | list[Any]) -> None:
    """Save tensors and plain values atomically; equal content gives equal bytes (no file name is stored)."""
    archive = io.BytesIO()  # writing itself, torch hides a full disk behind an error of its archive format
    torch.save(dict(content) if isinstance(content, Mapping) else content, archive)
    with atomic_file(path) as file:
        file.write(archive.getbuffer())


def read_tensors(path: str | Path) -> dict[str, Any]:
    """Load what `write_tensors` wrote, on the CPU, refusing anything that would execute code.

    Raises
    ------
    MspeError
        If the file is missing, truncated, or holds more than tensors and plain values.
    """
    path = Path(path)
    if not path.is_file():
        raise MspeError(f"{path}: no such file; run the stage that writes it (`dvc repro`)")
    try:
        with warnings.catch_warnings(action="ignore"):  # of pickles that torch did not write
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises half a dozen types for a damaged archive
        raise MspeError(
            f"{path}: not a readable tensor file ({_reason(path, error)}); it is damaged, or was not written by mspe: "
            "run again what writes it"
        ) from error
    if not isinstance(content, dict):
        raise MspeError(f"{path}: holds a {type(content).__name__}, expected a dictionary; was it written by mspe?")
    return content


def _reason(path: Path, error: Exception) -> str:
    if path.stat().st_size == 0:
        return "it is empty"
    if isinstance(error, pickle.UnpicklingError):  # torch's own text tells to load it all the same
        return "it holds more than tensors and plain values, which could execute code, or is no file of torch"
    return next(iter(str(error).splitlines()), type(error).__name__)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
