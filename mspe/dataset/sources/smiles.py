"""The user's own molecules: a table with a column of SMILES, a `.smi` or an SD file."""

from mspe.dataset.config import DatasetParams
from mspe.dataset.own.molecule_csv import read_molecules
from mspe.dataset.spec import DatasetSpec, Samples


def read(params: DatasetParams) -> Samples:
    """Read `dataset.path`."""
    return read_molecules(
        params.path,
        params.smiles_column,
        params.target_columns,
        params.split_column,
        params.task,
        params.strict,
        by_column=params.split in (None, "column"),
        positive_class=params.positive_class,
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
)
