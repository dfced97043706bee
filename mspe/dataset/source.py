"""What a dataset's file says of it, and what reading it gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from torch_geometric.data import Data

from mspe.graphs import TargetLevel, TaskType

if TYPE_CHECKING:
    from mspe.dataset.config import DatasetParams

SplitKind = Literal["published", "random", "stratified", "scaffold", "folds", "column"]


@dataclass(frozen=True)
class Task:
    """What is to be predicted, and how the field trains and reports it.

    Attributes
    ----------
    type
        `regression`, `classification` or `edge_prediction`.
    loss, metric
        By their names in `mspe.training`; the best epoch is chosen by the metric, on validation.
    level
        What one target belongs to: a `graph`, a `node`, or an `edge`.
    """

    type: TaskType
    loss: str
    metric: str
    level: TargetLevel = "graph"


REGRESSION = Task("regression", "mae", "mae")
SINGLE_LABEL = Task("classification", "cross_entropy", "accuracy")
MULTI_LABEL = Task("classification", "bce_logits", "ap")
LINKS = Task("edge_prediction", "bce_logits", "roc_auc", "edge")


@dataclass(frozen=True)
class Raw:
    """What reading a source gives: samples, and what is known of them before they are graphs.

    Attributes
    ----------
    items
        PyG graphs, or what `build` makes a graph of. Integer features are categories, real ones are numbers.
    build
        A module's function from an item to its graph, called in several processes, on the items of the split alone.
    given
        Items of train, val and test where reading decides: published splits, a user's column, edges hidden at random.
    labels
        The class of each item, which a stratified split needs.
    smiles
        The molecule of each item, which a scaffold split needs.
    dropped
        How many samples could not be used, by reason.
    classes
        Names of the classes, or of the targets.
    categories
        (node, edge): how many categories a feature has where its numbers are to be kept as they are; None: they are
        numbered by what the training split holds.
    scaled
        Whether real features are to be standardised.
    task
        Where the data decide it; else the source's.
    """

    items: Sequence[Any]
    build: Callable[[Any], Data] | None = None
    given: tuple[Sequence[int], Sequence[int], Sequence[int]] | None = None
    labels: Sequence[int] | None = None
    smiles: Sequence[str] | None = None
    dropped: dict[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    categories: tuple[int, int] | None = None
    scaled: bool = True
    task: Task | None = None


@dataclass(frozen=True)
class Source:
    """A dataset as `list_datasets` and the README's table show it, and the function that reads it.

    Attributes
    ----------
    name
        The value of `dataset.name`.
    graphs
        What and how many, with their sizes.
    target
        What is predicted.
    task
        None where the user's data decide.
    splits
        Kinds of split that it has; the first is the default.
    origin, licence, citation
        Where the data come from.
    read
        From the section `dataset` to samples.
    embedded
        Whether it needs no raw files.
    folds
        Parts of a split by `folds`.
    """

    name: str
    graphs: str
    target: str
    task: Task | None
    splits: tuple[SplitKind, ...]
    origin: str
    licence: str
    citation: str
    read: Callable[["DatasetParams"], Raw]
    embedded: bool = False
    folds: int = 10

    @property
    def metric(self) -> str:
        """The metric that the field reports."""
        return "by task" if self.task is None else self.task.metric
