"""The section `dataset` of `params.yaml`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from mspe.common.errors import MspeError
from mspe.common.registry import choose
from mspe.common.section import NonNegativeInt, PositiveInt, Section, Tuple
from mspe.dataset.registry import DATASETS


def _known_dataset(name: str) -> str:
    try:
        choose("dataset", name, DATASETS)
    except MspeError as error:
        raise ValueError(str(error)) from None
    return name


class DatasetParams(Section):
    """Which graphs, from where; a key that the chosen dataset does not use is accepted and ignored."""

    name: Annotated[str, AfterValidator(_known_dataset)] = "nci"
    root: str = "data/raw"
    """Holds one folder a source, as PyG lays it out; the environment variable `MSPE_DATA` wins over it."""
    limit: PositiveInt | None = None
    """At most so many graphs a split, for quick tries."""
    split: Literal["published", "random", "stratified", "scaffold", "folds", "column"] | None = None
    """null: the dataset's own, the first that `list_datasets` names."""
    split_seed: Annotated[NonNegativeInt, Field(lt=2**32)] = 0
    """Of a random or stratified split, of folds, of hidden edges, and of what a limit keeps."""
    fold: NonNegativeInt = 0
    """Which fold is the test part of a split by folds."""
    path: str = "examples/molecules.csv"
    """Of smiles: a CSV file. Of graphs: a folder. It has to be there for every dataset, since DVC watches it."""
    task: Literal["regression", "classification", "edge_prediction"] | None = None
    """Of smiles and graphs; null: read off the targets."""
    smiles_column: str = "smiles"
    target_columns: Tuple[str] | None = None
    """Of smiles and of tables of graphs or nodes; null: the column `target`, or the only one left."""
    split_column: str = "split"
    """Of smiles and of tables of graphs: holds train, val or test, where there is such a column."""
    strict: bool = False
    """Refuse a file of the user's for the first row that cannot be used, instead of leaving it out."""

    @model_validator(mode="after")
    def _split_exists(self) -> "DatasetParams":
        source = DATASETS[self.name]
        if self.split is not None and self.split not in source.splits:
            raise ValueError(f"split is {self.split}, allowed for {self.name}: {', '.join(source.splits)}")
        if (self.split or source.splits[0]) == "folds" and self.fold >= source.folds:
            raise ValueError(f"fold is {self.fold}, allowed for {self.name}: 0 to {source.folds - 1}")
        if self.name == "smiles" and self.task == "edge_prediction":
            raise ValueError("task is edge_prediction, allowed for smiles: regression, classification")
        return self
