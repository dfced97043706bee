"""Where an interrupted run's state lies: a folder named by everything that decides the run."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mspe.common.files import remove_directory


def resume_folder(settings: Mapping[str, Any], inputs: Iterable[str | Path]) -> Path:
    """The folder of one run's state, ignored by Git, in the repository that DVC was called in (`DVC_ROOT`).

    Parameters
    ----------
    settings
        Plain values that decide the run: parameters, seed.
    inputs
        Files, and folders of files, whose content decides the run: data and code. A missing one is left out.

    Returns
    -------
    Path
        Another folder for another run; not yet made.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for path in sorted(file for root in inputs for file in _files(Path(root))):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return Path(os.environ.get("DVC_ROOT", ".")) / ".mspe" / "resume" / digest.hexdigest()[:24]


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    return [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def discard(folder: Path) -> None:
    """Delete a finished run's state, at once: call it when every output of the run stands on disk, and not before."""
    remove_directory(folder)
