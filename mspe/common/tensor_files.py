"""Tensors and plain values as files that cannot execute code."""

import io
import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from mspe.common.errors import MspeError
from mspe.common.files import atomic_file


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
