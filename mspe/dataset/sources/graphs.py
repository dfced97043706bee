"""The user's own graphs: a folder of PyG files, or of tables."""

import logging
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.common.shown import first_of
from mspe.dataset.config import DatasetParams
from mspe.dataset.own.graph_csv import read_graph_tables
from mspe.dataset.own.graph_csv_rows import NAMES
from mspe.dataset.own.pt_files import read_graph_files
from mspe.dataset.spec import DatasetSpec, Samples

logger = logging.getLogger(__name__)

_NO_GRAPHS = {"pre_transform.pt", "pre_filter.pt"}
"""What PyG writes beside a processed `data.pt`: descriptions."""


def read(params: DatasetParams) -> Samples:
    """Read `dataset.path`: files that `torch.save` wrote, or edges.csv and what stands beside it."""
    folder = Path(params.path)
    if not folder.is_dir():
        raise MspeError(f"{folder}: no such folder; set dataset.path to a folder of *.pt files or with edges.csv")
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".pt" and p.name not in _NO_GRAPHS)
    has_tables = (folder / "edges.csv").is_file()
    if files and has_tables:
        raise MspeError(
            f"{folder}: holds both {files[0].name} and edges.csv; leave one kind there, move the other away"
        )
    if files:
        _name_unread(folder, {path.name for path in files})
        return read_graph_files(folder, files, params)
    if has_tables:
        _name_unread(folder, {f"{name}.csv" for name in NAMES})
        return read_graph_tables(folder, params)
    found = first_of(sorted(path.name for path in folder.iterdir())) or "nothing"
    raise MspeError(f"{folder}: neither *.pt files nor edges.csv, but {found}; put one of these there")


def _name_unread(folder: Path, read: set[str]) -> None:
    """Say what else is in the folder, hidden files and those that PyG leaves beside `data.pt` apart."""
    others = sorted(p.name for p in folder.iterdir() if p.name not in read | _NO_GRAPHS and not p.name.startswith("."))
    if others:
        logger.warning("%s: not read: %s", folder, first_of(others))


SPEC = DatasetSpec(
    name="graphs",
    graphs="yours, a folder: `dataset.path`",
    target="`y`, or the columns `dataset.target_columns`, or edges",
    task=None,
    splits=("column", "random", "stratified"),
    origin="your files",
    licence="yours",
    citation="yours",
    read=read,
)
