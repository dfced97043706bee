"""Where raw files lie."""

import os
from pathlib import Path


def data_root(root: str | Path) -> Path:
    """The folder of raw files: `MSPE_DATA` where it is set, else `root`.

    A relative folder is taken from the repository (`DVC_ROOT`) inside a DVC stage, so that a run in a temporary copy
    finds the files that only the original has, and from the working directory elsewhere. It is read, never written.
    """
    chosen = Path(os.environ.get("MSPE_DATA") or root).expanduser()
    return Path(os.environ.get("DVC_ROOT", ".")) / chosen


def download_root() -> Path:
    """The user's cache, where a downloaded source is kept (PyG's home, `PYG_HOME`, else `~/.cache/pyg`)."""
    from torch_geometric import get_home_dir

    return Path(get_home_dir()) / "mspe"
