"""The interface of a task."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from jaxtyping import Float, Shaped
from torch import Tensor

from mspe.graphs import PackedGraphs, TargetLevel
from mspe.tasks.losses import LossFunction
from mspe.tasks.metrics import Metrics
from mspe.tasks.targets import Targets

Statistics = tuple[tuple[float, ...], tuple[float, ...]]
"""Mean and standard deviation, one number per target."""


TaskTargets = tuple["Task", Shaped[Tensor, "samples columns"], tuple[str, ...]]
"""A task; each sample's class, or a number or NaN per target; names of the classes or targets."""


@dataclass(frozen=True)
class Task(ABC):
    """Kind of prediction, and how the field trains and reports it.

    Adding one: subclass it, and put `@register_task` before the class.

    Attributes
    ----------
    level
        What one target belongs to: a `graph`, a `node`, or an `edge`.
    loss, metric
        What a dataset of this task is trained with and reported by, by their names among `losses` and `metrics`; the
        best epoch is chosen by the metric, on validation.
    """

    level: TargetLevel = "graph"
    loss: str = ""
    metric: str = ""

    name: ClassVar[str]
    """The key of the class among `TASKS`."""
    type: ClassVar[str]
    """The specification's `task_type`; several classes may share one, of which the first is its default."""
    losses: ClassVar[Mapping[str, LossFunction]]
    """Losses by name, the first the default of `get_loss_fn`."""
    metrics: ClassVar[Mapping[str, bool]]
    """Metrics by name, and whether less is better."""
    partial_metrics: ClassVar[frozenset[str]] = frozenset()
    """Those of them that a split may lack."""
    sign: ClassVar[str] = "what it accepts"
    """Targets by which the task is recognised, in words."""
    sample_error: ClassVar[str] = "share of wrong answers"
    """The mean of `sample_errors`, in words."""
    continuous: ClassVar[bool] = False
    """Whether a prediction is a number in the target's own unit, to be drawn against it, rather than a class."""

    @classmethod
    def describes(cls, loss: str) -> bool:
        """Return whether a dataset of this class's `type` that is trained with this loss is one of this class."""
        return loss in cls.losses

    @classmethod
    def accepts(cls, targets: Targets, asked: bool) -> bool:
        """Return whether targets are of this task by their values or, if the user set its type, by their form."""
        return False

    @classmethod
    def read(cls, targets: Targets, place: str, level: TargetLevel) -> TaskTargets:
        """Return the task of targets that it accepts, their values, and the names of classes or targets.

        Raises
        ------
        MspeError
            If a value does not fit; it begins with `place`, the file or folder.
        """
        return cls(level), targets.numbers.float(), targets.names

    @property
    def target_fields(self) -> dict[str, TargetLevel]:
        """The fields of a graph that hold its targets, and what one of their rows belongs to."""
        return {"y": self.level}

    @abstractmethod
    def scorer(self, k: int = 100) -> Metrics:
        """Return what computes every metric of a whole split; `k` is that of ranking metrics."""

    @abstractmethod
    def probabilities(self, outputs: Float[Tensor, "samples *outputs"]) -> Float[Tensor, "samples *outputs"]:
        """Turn a model's outputs into probabilities.

        Raises
        ------
        MspeError
            If the task has none.
        """

    @abstractmethod
    def table(
        self, outputs: Float[Tensor, "samples outputs"], targets: Shaped[Tensor, "samples *columns"]
    ) -> dict[str, list[Any]]:
        """Return predictions beside targets as columns: `index`, `target`, `prediction`, and what explains them."""

    @abstractmethod
    def columns(self, outputs: Float[Tensor, "samples outputs"], names: Sequence[str]) -> dict[str, list[Any]]:
        """Return predictions alone as columns, by the names of the classes or targets."""

    @abstractmethod
    def sample_errors(
        self, targets: Float[Tensor, " rows"], predictions: Float[Tensor, " rows"]
    ) -> Float[Tensor, " rows"]:
        """Return how wrong each row of `table` is; a row without a target counts for nothing."""

    @abstractmethod
    def baselines(self, train: PackedGraphs, graphs: PackedGraphs, num_classes: int) -> dict[str, dict[str, float]]:
        """Score the trivial predictors, which learned nothing but the training split's averages, or nothing at all."""

    @abstractmethod
    def count_classes(self, splits: Mapping[str, PackedGraphs], classes: Sequence[str]) -> int:
        """Return how many classes, or targets, a dataset has; `classes` are their names where it gives any."""

    def num_outputs(self, num_classes: int, loss: str | None, dataset: str) -> int:
        """Return how many outputs a model needs under a loss (None: the dataset's own).

        Raises
        ------
        MspeError
            If the loss does not fit the dataset's number of classes.
        """
        return num_classes

    def class_counts(self, splits: Mapping[str, PackedGraphs], num_classes: int) -> dict[str, tuple[int, ...]]:
        """Return by split how many samples each class has; nothing where there are no classes."""
        return {}

    def positive_class(self, num_classes: int) -> int | None:
        """Return the number of the class that f1, roc_auc and ap are of; None where there is no single one."""
        return None

    def label_counts(self, splits: Mapping[str, PackedGraphs], num_classes: int) -> dict[str, tuple[int, ...]]:
        """Return by split what `class_counts` are shares of: samples or, of several labels, the known ones of each."""
        counts = self.class_counts(splits, num_classes)
        return {split: (sum(values),) * len(values) for split, values in counts.items()}

    def target_statistics(self, train: PackedGraphs) -> Statistics:
        """Return the mean and standard deviation by which a model's outputs are scaled; nothing where they are not."""
        return (), ()

    def check_targets(self, train: PackedGraphs, classes: Sequence[str], one_value: bool = False) -> list[str]:
        """Return what is wrong with the training targets: a column unknown everywhere, or all equal.

        Parameters
        ----------
        train
            The training split.
        classes
            Names of the classes or targets, where there are any.
        one_value
            Whether a column that holds one value alone is accepted.
        """
        values = train.fields["y"].flatten(1)
        named = len(classes) == values.size(1) and values.is_floating_point()
        problems = (_column_problem(column, one_value or len(train) == 1) for column in values.T)
        return [
            f"target {repr(classes[i]) if named else i} has {problem}" for i, problem in enumerate(problems) if problem
        ]

    def find_undefined(self, graphs: PackedGraphs, classes: Sequence[str]) -> str | None:
        """Return what a split holds on which the metric has no value; None where it has one.

        Parameters
        ----------
        graphs
            The split.
        classes
            Names of the classes or targets, where there are any.
        """
        targets = graphs.fields["y"]
        return f"{len(targets)} targets, none of them known" if bool(targets.isnan().all()) else None

    def labels(self, targets: Shaped[Tensor, "samples columns"]) -> list[int] | None:
        """Return the class of each sample, by which a split can be stratified; None where it has no single one."""
        return None


def _column_problem(values: Shaped[Tensor, " samples"], one_value: bool) -> str | None:
    known = values[~values.isnan()] if values.is_floating_point() else values
    if not known.numel():
        return "no known value"
    if one_value or not bool((known == known[0]).all()):
        return None
    return f"{known[0].item():g} everywhere"


def one_row_per_output(
    targets: Shaped[Tensor, "samples *columns"], predictions: Float[Tensor, "samples outputs"]
) -> dict[str, list[Any]]:
    """Return columns `index`, `target` and `prediction`, and `output` where a sample has several, a row for each."""
    samples, outputs = targets.reshape(len(targets), -1).shape
    columns: dict[str, Any] = {"index": [sample for sample in range(samples) for _ in range(outputs)]}
    if outputs > 1:
        columns["output"] = list(range(outputs)) * samples
    return {**columns, "target": targets.flatten().tolist(), "prediction": predictions.flatten().tolist()}


def one_column_per_output(values: Float[Tensor, "samples outputs"], names: Sequence[str]) -> dict[str, list[Any]]:
    """Return a column `prediction`, or one `prediction_<name>` for each of several outputs."""
    if values.size(1) == 1:
        return {"prediction": values.flatten().tolist()}
    return {f"prediction_{name}": column.tolist() for name, column in zip(names, values.T, strict=True)}
