"""The user's own molecules: a CSV file with a column of SMILES."""

from typing import TYPE_CHECKING

from mspe.dataset.readers.molecule_table import read_molecules
from mspe.dataset.source import Raw, Source

if TYPE_CHECKING:
    from mspe.dataset.config import DatasetParams


def read(params: "DatasetParams") -> Raw:
    """Read `dataset.path`."""
    return read_molecules(
        params.path,
        params.smiles_column,
        params.target_columns,
        params.split_column,
        params.task,
        params.strict,
        by_column=params.split in (None, "column"),
    )


SOURCE = Source(
    name="smiles",
    graphs="yours, a CSV file: `dataset.path`",
    target="the columns `dataset.target_columns`",
    task=None,
    splits=("column", "random", "stratified", "scaffold"),
    origin="your file",
    licence="yours",
    citation="yours",
    read=read,
)
