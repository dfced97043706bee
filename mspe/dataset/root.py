"""Where raw files lie, and how PyG's readers get at them."""

import logging
import os
import pickle
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.common.files import atomic_directory
from mspe.common.unpacking import refuse_special

logger = logging.getLogger(__name__)

DEFAULT_ROOT = Path("data/raw")

_DAMAGED = (
    *(ValueError, LookupError, RuntimeError, EOFError, AttributeError, TypeError),
    *(pickle.UnpicklingError, zipfile.BadZipFile),
)
"""What PyG's readers raise for files that are not what they expect."""


def data_root(root: str | Path) -> Path:
    """The folder of raw files: `root`; where that is the default, `MSPE_DATA` if it is set.

    A relative folder is taken from the repository (`DVC_ROOT`) inside a DVC stage, so that a run in a temporary copy
    finds the files that only the original has, and from the working directory elsewhere. It is read, never written.
    """
    given = None if Path(root) == DEFAULT_ROOT else root
    chosen = Path(given or os.environ.get("MSPE_DATA") or DEFAULT_ROOT).expanduser()
    return Path(os.environ.get("DVC_ROOT", ".")) / chosen


def _find_raw(root: str | Path, source: str, name: str) -> Path:
    """The raw files under `root`; where it has none, those under `MSPE_DATA`, which is said, or downloaded before."""
    own, other = (data_root(folder) / source / name / "raw" for folder in (root, DEFAULT_ROOT))
    if own.is_dir():
        return own
    if other.is_dir():
        logger.warning("dataset.root: %s is not there; %s is read, of MSPE_DATA or the default", own, other)
        return other
    kept = _kept_raw(source, name)
    return kept if kept.is_dir() else own


def _kept_raw(source: str, name: str) -> Path:
    return download_root() / source / name / "raw"


def download_root() -> Path:
    """The user's cache, where a downloaded source is kept (PyG's home, `PYG_HOME`, else `~/.cache/pyg`)."""
    from torch_geometric import get_home_dir

    return Path(get_home_dir()) / "mspe"


@contextmanager
def pyg_root(root: str | Path, source: str, name: str = "") -> Iterator[str]:
    """The `root` to give a dataset class of PyG, which reads its raw files and writes beside them.

    It is a scratch folder, so PyG reads no processed file but its own of a moment ago: it would run what stands in one.
    The files of ``<data root>/<source>/<name>/raw``, which may be read-only, are linked into it; where there are none,
    PyG downloads them there, and the raw ones are kept in the user's cache.

    Parameters
    ----------
    root
        `dataset.root`.
    source
        The folder of PyG's class.
    name
        The folder of one dataset in it, where the class has several.

    Raises
    ------
    MspeError
        If what is read inside the block is neither there nor downloadable, or is not what PyG expects.
    """
    raw = _find_raw(root, source, name)
    with tempfile.TemporaryDirectory() as scratch:
        downloaded = Path(scratch) / name / "raw"
        if raw.is_dir():
            _link_files(raw, downloaded)
        try:
            yield scratch
            if not raw.is_dir() and downloaded.is_dir():
                _keep(downloaded, _kept_raw(source, name))
        except OSError as error:
            reason = str(getattr(error, "reason", error)).splitlines()[0]
            raise MspeError(
                f"{name or source}: raw files are missing in {raw} and could not be downloaded ({reason}); put them "
                f"there as PyG lays them out, or set MSPE_DATA to the folder that holds {source}"
            ) from None
        except _DAMAGED as error:
            if isinstance(error, MspeError):
                raise
            reason = (str(error) or type(error).__name__).splitlines()[0]
            place = f"in {raw}" if raw.is_dir() else "just downloaded"
            raise MspeError(
                f"{name or source}: the raw files {place} cannot be read ({reason}); take the published ones"
            ) from error


def _link_files(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in source.iterdir():
        if not path.is_dir():
            refuse_special(path)
        (target / path.name).symlink_to(path.resolve())


def _keep(downloaded: Path, kept: Path) -> None:
    """Copy downloaded files into the user's cache; one that cannot be written costs the next download alone."""
    try:
        with atomic_directory(kept) as folder:
            shutil.copytree(downloaded, folder, dirs_exist_ok=True)
    except MspeError as error:
        logger.warning("the downloaded files are not kept: %s", error)
