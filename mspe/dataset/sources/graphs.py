"""The user's own graphs: a folder of PyG files, or of tables."""

from pathlib import Path

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams
from mspe.dataset.own.graph_csv import read_graph_tables
from mspe.dataset.own.pt_files import read_graph_files
from mspe.dataset.spec import DatasetSpec, Samples


def read(params: DatasetParams) -> Samples:
    """Read `dataset.path`: files that `torch.save` wrote, or edges.csv and what stands beside it."""
    folder = Path(params.path)
    if not folder.is_dir():
        raise MspeError(f"{folder}: no such folder; set dataset.path to a folder of *.pt files or with edges.csv")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".pt")
    has_tables = (folder / "edges.csv").is_file()
    if files and has_tables:
        raise MspeError(
            f"{folder}: holds both {files[0].name} and edges.csv; leave one kind there, move the other away"
        )
    if files:
        return read_graph_files(folder, files, params)
    if has_tables:
        return read_graph_tables(folder, params)
    found = ", ".join(sorted(path.name for path in folder.iterdir())[:5]) or "nothing"
    raise MspeError(f"{folder}: neither *.pt files nor edges.csv, but {found}; put one of these there")


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
