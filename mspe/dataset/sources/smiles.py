"""The user's own molecules: a table with a column of SMILES, a `.smi` or an SD file."""

from pathlib import Path

from mspe.common.errors import MspeError
from mspe.common.shown import first_of
from mspe.dataset.config import DatasetParams
from mspe.dataset.own.molecule_csv import read_molecules
from mspe.dataset.own.split_names import find_part
from mspe.dataset.spec import DatasetSpec, Samples


def read(params: DatasetParams, num_workers: int = 1, kept: Path | None = None) -> Samples:
    """Read `dataset.path`."""
    by_column = params.split in (None, "column")
    samples = read_molecules(
        params.path,
        params.smiles_column,
        params.target_columns,
        params.split_column,
        params.task,
        params.strict,
        by_column=by_column,
        positive_class=params.positive_class,
        num_workers=num_workers,
        kept=kept,
    )
    if by_column and samples.predefined_split is None:
        _check_not_a_part(Path(params.path))
    return samples


def _check_not_a_part(path: Path) -> None:
    """Refuse a file that is called after a part of a split and stands beside the others, which are not read."""
    part = find_part(path.name.partition(".")[0])
    beside = sorted(p for p in path.parent.iterdir() if p != path and p.suffixes == path.suffixes)
    others = [p.name for p in beside if find_part(p.name.partition(".")[0]) not in (None, part)]
    if part is not None and others:
        raise MspeError(
            f"{path}: is the {part} part of a split by its name, but {first_of(others)} beside it are not read; "
            "join them to one file with a column split, or set dataset.split=random to use this file alone"
        )


SPEC = DatasetSpec(
    name="smiles",
    graphs="yours, a .csv, .smi or .sdf file: `dataset.path`",
    target="the columns `dataset.target_columns`",
    task=None,
    splits=("column", "random", "stratified", "scaffold"),
    tasks=("regression", "classification"),
    origin="your file",
    licence="yours",
    citation="yours",
    read=read,
    parallel=True,
)
