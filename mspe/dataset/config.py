"""The section `dataset` of `params.yaml`."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from mspe.common.section import NonNegativeInt, PositiveInt, Section, Tuple
from mspe.dataset.synthetic.config import SyntheticParams


def _as_name(value: Any) -> Any:
    """A class by the name that a table gives it, where YAML reads a number or a truth value."""
    return str(value).lower() if isinstance(value, bool | int | float) else value


def _as_several(value: Any) -> Any:
    """One name is a list of one, also as a command line gives it."""
    return (value,) if isinstance(value, str) else value


class DatasetParams(Section):
    """Choice of graphs and where they come from; a key that the chosen dataset does not use is accepted and ignored."""

    name: str = "nci"
    """One of those that `list_datasets` names."""
    root: str = "data/raw"
    """Holds one folder a source, as PyG lays it out; the environment variable `MSPE_DATA` stands in for the default."""
    limit: PositiveInt | None = None
    """At most so many graphs a split, for quick tries."""
    split: Literal["published", "random", "stratified", "scaffold", "folds", "column"] | None = None
    """null: the dataset's own, the first that `list_datasets` names."""
    split_seed: Annotated[NonNegativeInt, Field(lt=2**32)] = 0
    """Of a random or stratified split, of folds, of hidden edges, and of what a limit keeps."""
    fold: NonNegativeInt = 0
    """Which fold is the test part of a split by folds."""
    path: str = "examples/molecules.csv"
    """Of smiles: a .csv, .smi or .sdf file. Of graphs: a folder. It has to be there always, since DVC watches it."""
    task: Literal["regression", "classification", "edge_prediction"] | None = None
    """Of smiles and graphs; null: read off the targets."""
    smiles_column: str = "smiles"
    """Of tables of molecules: holds SMILES or InChI."""
    target_columns: Annotated[Tuple[str] | None, BeforeValidator(_as_several)] = None
    """Of smiles and of tables of graphs or nodes; null: the column `target`, or the only one left."""
    positive_class: Annotated[str | None, BeforeValidator(_as_name)] = None
    """Of smiles and graphs: the one of two classes that f1, roc_auc and ap are of; null: by name, else the rarer."""
    split_column: str = "split"
    """Of smiles and of tables of graphs: holds train, val or test, where there is such a column."""
    strict: bool = False
    """Refuse a file of the user's for the first row that cannot be used, instead of leaving it out."""
    synthetic: SyntheticParams = SyntheticParams()
    """Of synthetic: the graphs to draw, and the question to ask of them."""
