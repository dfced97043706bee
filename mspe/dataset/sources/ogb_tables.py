"""The tables of the Open Graph Benchmark as it unpacks them: gzipped CSV files without headers, never downloaded."""

import io
import re
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.unpacking import refuse_special, unpack_gzip
from mspe.dataset.root import data_root

_EMPTY = re.compile(rb"(?<![^,\n])(?=[,\n])")
"""Where a cell holds nothing."""


def find_folder(root: str | Path, name: str, reader: str) -> Path:
    """Return the folder of a dataset.

    Parameters
    ----------
    root
        `dataset.root`.
    name
        As OGB has it.
    reader
        The class of OGB that unpacks it, for the error.

    Raises
    ------
    MspeError
        If it is not there.
    """
    folder = data_root(root) / name.replace("-", "_")
    if not folder.is_dir():
        raise MspeError(
            f"{name}: raw files are missing in {folder}; put them there as OGB's {reader}({name!r}) unpacks "
            "them, or set MSPE_DATA to the folder that holds them"
        )
    return folder


def read_numbers(path: Path, below: int) -> Tensor:
    """Read whole numbers from 0.

    Raises
    ------
    MspeError
        If the file is missing or cannot be read, or a number is outside 0 to `below` − 1.
    """
    values = torch.from_numpy(read_table(path, np.int64))
    if values.numel() and not 0 <= int(values.min()) <= int(values.max()) < below:
        raise MspeError(f"{path}: holds numbers outside 0 to {below - 1}; take the published file")
    return values


def read_table(path: Path, kind: type[np.number], gaps: bool = False) -> np.ndarray:
    """Read numbers [rows, columns].

    Parameters
    ----------
    path
        Of the file, `.csv.gz`.
    kind
        Of the numbers.
    gaps
        Whether a cell may be empty: it is NaN then.

    Raises
    ------
    MspeError
        If the file is missing or cannot be read.
    """
    if not path.is_file():
        raise MspeError(f"{path}: no such file; take the published ones")
    refuse_special(path)
    content = unpack_gzip(path)
    try:
        with warnings.catch_warnings(action="error"):  # numpy warns of an empty file
            text = io.BytesIO(_EMPTY.sub(b"nan", content) if gaps else content)
            return np.loadtxt(text, delimiter=",", dtype=kind, ndmin=2)
    except (ValueError, UserWarning) as error:
        reason = str(error).splitlines()[0]
        raise MspeError(f"{path}: cannot be read ({reason}); take the published file") from error
