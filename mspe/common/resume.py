"""Where an interrupted run's state lies: a folder named by everything that decides the run."""

import hashlib
import json
import logging
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mspe.common.errors import MspeError
from mspe.common.files import remove_directory

logger = logging.getLogger(__name__)


def resume_folder(settings: Mapping[str, Any], inputs: Iterable[str | Path], root: Path | None = None) -> Path:
    """The folder of one run's state, by default, ignored by Git, in the repository that DVC was called in.

    Parameters
    ----------
    settings
        Plain values that decide the run: parameters, seed.
    inputs
        Files, and folders of files, whose content decides the run: data and code. A missing one is left out.
    root
        Holds the folders of all runs; None: `.mspe/resume` in `DVC_ROOT`, or else here.

    Returns
    -------
    Path
        Another folder for another run; not yet made.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for path in sorted(file for root in inputs for file in _files(Path(root))):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return (root or Path(os.environ.get("DVC_ROOT", ".")) / ".mspe" / "resume") / digest.hexdigest()[:24]


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    return [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


@contextmanager
def hold(state: Path, wait: bool = False) -> Iterator[None]:
    """Hold a run's state, a file or a folder, alone.

    Parameters
    ----------
    state
        Of the run.
    wait
        Whether another process that holds it is waited for.

    Raises
    ------
    MspeError
        If another process holds it and is not waited for.
    """
    state.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{state}.lock")
    try:
        held = lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        raise MspeError(f"{state}: another process is on this run; wait for it, or stop it") from None
    with held:
        yield


def discard(folder: Path) -> None:
    """Delete a finished run's state: call it when every output of the run stands on disk, and not before.

    The run has ended well by then, whatever comes: a signal is ignored for the moment, and a state that cannot be
    removed is said in the log.
    """
    with _signals_ignored():
        try:
            remove_directory(folder)
        except MspeError as error:
            logger.warning(
                "%s; remove it by hand, or the same run, started again, would find nothing left to do", error
            )


@contextmanager
def _signals_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
