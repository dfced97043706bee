"""`dataset.path`, looked for before anything is deleted."""

from pathlib import Path

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams


def check_path(params: DatasetParams) -> None:
    """See that `dataset.path` is there, as a dependency of the pipeline, and is what the dataset reads.

    Raises
    ------
    MspeError
        If it is not, or is a folder where a file is read, or a file where a folder is.
    """
    path = Path(params.path)
    if not path.exists():
        raise MspeError(
            f"dataset.path: got {params.path!r}, no such file or folder; a temporary copy of the project holds "
            "only what Git tracks, so give an absolute path there"
        )
    if params.name == "smiles" and not path.is_file():
        raise MspeError(
            f"dataset.path: got {params.path!r}, not a file; give a .csv file with SMILES, a .smi or a .sdf file"
        )
    if params.name == "graphs" and not path.is_dir():
        raise MspeError(f"dataset.path: got {params.path!r}, not a folder; give one of .pt files or of CSV tables")
