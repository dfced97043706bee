"""Where raw files lie, and how PyG's readers get at them."""

import logging
import os
import pickle
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mspe.common.errors import MspeError

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
    """The raw files under `root`; where it has none, those under `MSPE_DATA`, which is said."""
    own, other = (data_root(folder) / source / name / "raw" for folder in (root, DEFAULT_ROOT))
    if own == other or own.is_dir() or not other.is_dir():
        return own
    logger.warning("dataset.root: %s is not there; %s is read, of MSPE_DATA or the default", own, other)
    return other


def download_root() -> Path:
    """The user's cache, where a downloaded source is kept (PyG's home, `PYG_HOME`, else `~/.cache/pyg`)."""
    from torch_geometric import get_home_dir

    return Path(get_home_dir()) / "mspe"


@contextmanager
def pyg_root(root: str | Path, source: str, name: str = "") -> Iterator[str]:
    """The `root` to give a dataset class of PyG, which reads its raw files and writes beside them.

    Where ``<data root>/<source>/<name>/raw`` is there, its files are linked into a scratch folder, since it may be
    read-only; elsewhere it is a folder of the user's cache, into which PyG downloads.

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
        if raw.is_dir():
            folder = Path(scratch)
            _link_files(raw, folder / name / "raw")
        else:
            folder = download_root() / source
        try:
            yield str(folder)
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
            place = raw if raw.is_dir() else folder
            raise MspeError(
                f"{name or source}: the raw files in {place} cannot be read ({reason}); take the published ones"
            ) from error


def _link_files(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in source.iterdir():
        (target / path.name).symlink_to(path.resolve())
