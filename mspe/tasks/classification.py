"""Classification: one class of several per sample, or several labels that may hold at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.tasks.losses import LossFunction, bce_logits, cross_entropy, weighted_cross_entropy
from mspe.tasks.metrics import CLASSIFICATION_METRICS, Metrics, classification_metrics
from mspe.tasks.task import Task, one_column_per_output, one_row_per_output

_METRICS = dict.fromkeys(CLASSIFICATION_METRICS, False)


@dataclass(frozen=True)
class SingleLabel(Task):
    """One class of several per sample: a logit per class or, of two under `bce_logits`, one for the second."""

    loss: str = "cross_entropy"
    metric: str = "accuracy"

    name = "single_label"
    type = "classification"
    losses: ClassVar[Mapping[str, LossFunction]] = {
        "cross_entropy": cross_entropy,
        "bce_logits": bce_logits,
        "weighted_cross_entropy": weighted_cross_entropy,
    }
    metrics: ClassVar[Mapping[str, bool]] = _METRICS

    @classmethod
    def describes(cls, loss: str) -> bool:
        """Of classification data, `bce_logits` is the loss of several labels."""
        return loss in cls.losses and loss != "bce_logits"

    def scorer(self, k: int = 100) -> Metrics:
        """Return accuracies, f1, roc_auc and ap."""
        return classification_metrics

    def probabilities(self, outputs: Float[Tensor, "samples outputs"]) -> Float[Tensor, "samples outputs"]:
        """Return a probability per logit."""
        return torch.softmax(outputs, dim=1) if outputs.size(1) > 1 else torch.sigmoid(outputs)

    def table(
        self, outputs: Float[Tensor, "samples outputs"], targets: Shaped[Tensor, "samples *columns"]
    ) -> dict[str, list[Any]]:
        """Return a row per sample: the class's number, and the `probability` given to it."""
        best = class_probabilities(outputs).max(dim=1)
        return {
            "index": list(range(len(targets))),
            "target": targets.flatten().tolist(),
            "prediction": best.indices.tolist(),
            "probability": best.values.tolist(),
        }

    def columns(self, outputs: Float[Tensor, "samples outputs"], names: Sequence[str]) -> dict[str, list[Any]]:
        """Return the name of each sample's class, and the probability given to it."""
        best = class_probabilities(outputs).max(dim=1)
        return {"prediction": [names[i] for i in best.indices.tolist()], "probability": best.values.tolist()}

    def sample_errors(
        self, targets: Float[Tensor, " rows"], predictions: Float[Tensor, " rows"]
    ) -> Float[Tensor, " rows"]:
        """Return 1 where another class was predicted."""
        return (predictions != targets).double()

    def baselines(self, train: PackedGraphs, graphs: PackedGraphs, num_classes: int) -> dict[str, dict[str, float]]:
        """Score `majority`: how often each class is seen in training."""
        targets = graphs.fields["y"]
        counts = torch.bincount(train.fields["y"].flatten(), minlength=num_classes)
        frequencies = (counts + 0.5).log().expand(len(targets), -1)
        return {"majority": classification_metrics(frequencies, targets)}

    def count_classes(self, splits: Mapping[str, PackedGraphs], classes: Sequence[str]) -> int:
        """Return the number of classes: of those named, else one more than the largest that occurs."""
        return len(classes) or 1 + max(int(graphs.fields["y"].max()) for graphs in splits.values())

    def num_outputs(self, num_classes: int, loss: str | None, dataset: str) -> int:
        """Return a logit per class; one under `bce_logits`, which takes two classes."""
        if loss != "bce_logits":
            return num_classes
        if num_classes != 2:
            raise MspeError(
                f"training.loss: got 'bce_logits', allowed for {dataset}, one of {num_classes} classes per sample: "
                "cross_entropy, weighted_cross_entropy"
            )
        return 1

    def class_counts(self, splits: Mapping[str, PackedGraphs], num_classes: int) -> dict[str, tuple[int, ...]]:
        """Return the number of samples of each class."""
        return {split: count_labels(graphs.fields["y"], num_classes) for split, graphs in splits.items()}

    def labels(self, targets: Shaped[Tensor, "samples columns"]) -> list[int] | None:
        """Return the class of each sample."""
        return targets.flatten().long().tolist()


@dataclass(frozen=True)
class MultiLabel(Task):
    """Labels that may hold at once: a logit per label; NaN is an unknown one."""

    loss: str = "bce_logits"
    metric: str = "ap"

    name = "multi_label"
    type = "classification"
    losses: ClassVar[Mapping[str, LossFunction]] = {"bce_logits": bce_logits}
    metrics: ClassVar[Mapping[str, bool]] = _METRICS

    def scorer(self, k: int = 100) -> Metrics:
        """Return accuracies, f1, roc_auc and ap, each the mean over labels."""
        return classification_metrics

    def probabilities(self, outputs: Float[Tensor, "samples outputs"]) -> Float[Tensor, "samples outputs"]:
        """Return a probability per label."""
        return torch.sigmoid(outputs)

    def table(
        self, outputs: Float[Tensor, "samples outputs"], targets: Shaped[Tensor, "samples *columns"]
    ) -> dict[str, list[Any]]:
        """Return a row per sample and label, predicted by a probability."""
        return one_row_per_output(targets, torch.sigmoid(outputs))

    def columns(self, outputs: Float[Tensor, "samples outputs"], names: Sequence[str]) -> dict[str, list[Any]]:
        """Return a column of probabilities per label."""
        return one_column_per_output(torch.sigmoid(outputs), names)

    def sample_errors(
        self, targets: Float[Tensor, " rows"], predictions: Float[Tensor, " rows"]
    ) -> Float[Tensor, " rows"]:
        """Return 1 where a label is wrong, with 0.5 as the threshold."""
        return ((predictions > 0.5) != (targets > 0.5)).double()

    def baselines(self, train: PackedGraphs, graphs: PackedGraphs, num_classes: int) -> dict[str, dict[str, float]]:
        """Score `majority`: how often each label is seen in training."""
        targets = graphs.fields["y"]
        share = train.fields["y"].nanmean(dim=0).clamp(1e-6, 1 - 1e-6)
        return {"majority": classification_metrics(share.logit().expand(len(targets), -1), targets)}

    def count_classes(self, splits: Mapping[str, PackedGraphs], classes: Sequence[str]) -> int:
        """Return the number of labels."""
        return splits["train"].fields["y"].size(1)

    def num_outputs(self, num_classes: int, loss: str | None, dataset: str) -> int:
        """Return a logit per label; no loss but `bce_logits` takes them."""
        if loss not in (None, "bce_logits"):
            raise MspeError(
                f"training.loss: got {loss!r}, allowed for {dataset}, of labels that may hold at once: bce_logits"
            )
        return num_classes

    def class_counts(self, splits: Mapping[str, PackedGraphs], num_classes: int) -> dict[str, tuple[int, ...]]:
        """Return the number of samples that have each label."""
        return {split: tuple((graphs.fields["y"] == 1).sum(dim=0).tolist()) for split, graphs in splits.items()}

    def label_counts(self, splits: Mapping[str, PackedGraphs], num_classes: int) -> dict[str, tuple[int, ...]]:
        """Return the number of samples of which each label is known."""
        return {split: tuple((~graphs.fields["y"].isnan()).sum(dim=0).tolist()) for split, graphs in splits.items()}


def class_probabilities(logits: Float[Tensor, "samples outputs"]) -> Float[Tensor, "samples classes"]:
    """Return the probability of each class, from a logit per class or from one of the second of two classes.

    Examples
    --------
    >>> class_probabilities(torch.tensor([[0.0]])).tolist()
    [[0.5, 0.5]]
    """
    both = torch.cat([torch.zeros_like(logits), logits], dim=1) if logits.size(1) == 1 else logits
    return torch.softmax(both, dim=1)


def count_labels(labels: Int[Tensor, "*samples"], count: int) -> tuple[int, ...]:
    """Return how often each of so many classes occurs."""
    return tuple(torch.bincount(labels.flatten(), minlength=count).tolist())
