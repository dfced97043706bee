"""Regression: one or several numbers per sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from jaxtyping import Float, Shaped
from torch import Tensor
from torch.nn import functional

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs, TargetLevel
from mspe.graphs.features import column_statistics
from mspe.tasks.losses import LossFunction, masked
from mspe.tasks.metrics import REGRESSION_METRICS, Metrics, regression_metrics
from mspe.tasks.targets import Targets
from mspe.tasks.task import Statistics, Task, TaskTargets, one_column_per_output, one_row_per_output


@dataclass(frozen=True)
class Regression(Task):
    """Numbers, in their own units; NaN is an unknown value."""

    loss: str = "mae"
    metric: str = "mae"

    name = "regression"
    sample_error = "absolute error"
    type = "regression"
    sign = "a number per target"
    losses: ClassVar[Mapping[str, LossFunction]] = {
        "mse": masked(functional.mse_loss),
        "mae": masked(functional.l1_loss),
        "huber": masked(functional.huber_loss),
    }
    metrics: ClassVar[Mapping[str, bool]] = dict.fromkeys(REGRESSION_METRICS, True)
    continuous = True

    @classmethod
    def accepts(cls, targets: Targets, asked: bool) -> bool:
        """Whatever is neither classes nor labels has to be numbers."""
        return asked or not (targets.are_labels or (targets.single and targets.are_counted))

    @classmethod
    def read(cls, targets: Targets, place: str, level: TargetLevel) -> TaskTargets:
        """Refuse a cell that holds a word."""
        if targets.first_word is not None:
            raise MspeError(
                f"{place}: {targets.describe(*targets.first_word)}, allowed for regression: numbers; set dataset.task "
                "or dataset.target_columns"
            )
        return cls(level), targets.numbers.float(), targets.names

    def scorer(self, k: int = 100) -> Metrics:
        """Return mse, mae, rmse and median_ae."""
        return regression_metrics

    def probabilities(self, outputs: Float[Tensor, "samples *outputs"]) -> Float[Tensor, "samples *outputs"]:
        """Refuse: numbers have no probabilities."""
        raise MspeError("probabilities: a regression has none; leave it out")

    def table(
        self, outputs: Float[Tensor, "samples outputs"], targets: Shaped[Tensor, "samples *columns"]
    ) -> dict[str, list[Any]]:
        """Return a row per sample and output."""
        return one_row_per_output(targets, outputs)

    def columns(self, outputs: Float[Tensor, "samples outputs"], names: Sequence[str]) -> dict[str, list[Any]]:
        """Return a column per target, in its unit."""
        return one_column_per_output(outputs, names)

    def sample_errors(
        self, targets: Float[Tensor, " rows"], predictions: Float[Tensor, " rows"]
    ) -> Float[Tensor, " rows"]:
        """Return absolute errors."""
        return (predictions - targets).abs()

    def baselines(self, train: PackedGraphs, graphs: PackedGraphs, num_classes: int) -> dict[str, dict[str, float]]:
        """Score `median`, the training median of each target for every sample: the best constant under MAE."""
        targets = graphs.fields["y"]
        return {"median": regression_metrics(training_median(train.fields["y"], len(targets)), targets)}

    def count_classes(self, splits: Mapping[str, PackedGraphs], classes: Sequence[str]) -> int:
        """Return the number of targets."""
        return splits["train"].fields["y"].size(1)

    def target_statistics(self, train: PackedGraphs) -> Statistics:
        """Return those of each target over its known values (ddof 0); a constant one's deviation is 1."""
        return column_statistics(train.fields["y"])


def training_median(train_targets: Float[Tensor, "train outputs"], samples: int) -> Float[Tensor, "samples outputs"]:
    """Return the median of each target, for every sample.

    Examples
    --------
    >>> import torch
    >>> training_median(torch.tensor([[1.0], [2.0], [9.0]]), samples=2).tolist()
    [[2.0], [2.0]]
    """
    return train_targets.nanmedian(dim=0).values.expand(samples, -1)
