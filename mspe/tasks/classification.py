"""Classification: one class of several per sample, or several labels that may hold at once."""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.numbers import parse_number
from mspe.graphs import PackedGraphs, TargetLevel
from mspe.tasks.losses import LossFunction, bce_logits, cross_entropy, weighted_cross_entropy
from mspe.tasks.metrics import CLASSIFICATION_METRICS, Metrics, classification_metrics
from mspe.tasks.positive import choose_positive
from mspe.tasks.targets import Targets
from mspe.tasks.task import Task, TaskTargets, one_column_per_output, one_row_per_output

logger = logging.getLogger(__name__)

_EXACT = 2**53  # integers up to here are exact in double precision
_RANKING = ("roc_auc", "ap")
_METRICS = dict.fromkeys(CLASSIFICATION_METRICS, False)


@dataclass(frozen=True)
class SingleLabel(Task):
    """One class of several per sample: a logit per class or, of two under `bce_logits`, one for the second."""

    loss: str = "cross_entropy"
    metric: str = "accuracy"

    name = "single_label"
    type = "classification"
    sign = "one column of words, of 0 and 1, or of numbers saved as integers"
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

    @classmethod
    def accepts(cls, targets: Targets, asked: bool) -> bool:
        """One column of zeros and ones, of words, or of numbers saved as integers."""
        return targets.single and (asked or targets.are_labels or targets.are_counted)

    @classmethod
    def read(cls, targets: Targets, place: str, level: TargetLevel) -> TaskTargets:
        """Number the classes: numbers in their order, however they are written, words in the alphabet's.

        Of two the positive one is the second. Numbers are whole or, where a sample's class is unknown, NaN among them.

        Raises
        ------
        MspeError
            If there are more classes than half the samples, as where a column holds identifiers.
        """
        if targets.cells is None:
            names, numbers = _number_classes(targets, place)
        else:
            names, numbers = _number_words([row[0].strip() for row in targets.cells])
        _check_classes(names, numbers, place)
        if len(names) == 2:
            names, numbers = _positive_last(names, numbers, targets.positive, place)
        return cls(level, metric="roc_auc" if len(names) == 2 else "accuracy"), numbers.reshape(-1, 1), names

    def scorer(self, k: int = 100) -> Metrics:
        """Return accuracies, f1, roc_auc and ap."""
        return classification_metrics

    def probabilities(self, outputs: Float[Tensor, "samples *outputs"]) -> Float[Tensor, "samples *outputs"]:
        """Return a probability per logit."""
        return torch.softmax(outputs, dim=1) if outputs.shape[1:].numel() > 1 else torch.sigmoid(outputs)

    def table(
        self, outputs: Float[Tensor, "samples outputs"], targets: Shaped[Tensor, "samples *columns"]
    ) -> dict[str, list[Any]]:
        """Return a row per sample: the class's number, and the `probability` given to it."""
        best = class_probabilities(outputs).max(dim=1)
        return {
            "index": list(range(len(targets))),
            "target": [label if math.isnan(label) else int(label) for label in targets.flatten().tolist()],
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
        counts = torch.tensor(count_labels(train.fields["y"], num_classes))
        frequencies = (counts + 0.5).log().expand(len(targets), -1)
        return {"majority": classification_metrics(frequencies, targets)}

    def count_classes(self, splits: Mapping[str, PackedGraphs], classes: Sequence[str]) -> int:
        """Return the number of classes: of those named, else one more than the largest that occurs."""
        return len(classes) or 1 + max(int(graphs.fields["y"].nan_to_num(0).max()) for graphs in splits.values())

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

    def positive_class(self, num_classes: int) -> int | None:
        """Return the second of two classes."""
        return 1 if num_classes == 2 else None

    def class_counts(self, splits: Mapping[str, PackedGraphs], num_classes: int) -> dict[str, tuple[int, ...]]:
        """Return the number of samples of each class."""
        return {split: count_labels(graphs.fields["y"], num_classes) for split, graphs in splits.items()}

    def find_undefined(self, graphs: PackedGraphs, classes: Sequence[str]) -> str | None:
        """Return the only class of the split, where the metric compares classes."""
        labels = graphs.fields["y"].flatten()
        known = labels[~labels.isnan()].long()
        if not known.numel() or self.metric not in _RANKING or bool((known != known[0]).any()):
            return super().find_undefined(graphs, classes)
        number = int(known[0])
        return f"{known.numel()} samples of class {(classes[number] if classes else str(number))!r} and of no other"

    def labels(self, targets: Shaped[Tensor, "samples columns"]) -> list[int] | None:
        """Return the class of each sample; None where one is unknown."""
        return None if bool(targets.isnan().any()) else targets.flatten().long().tolist()


@dataclass(frozen=True)
class MultiLabel(Task):
    """Labels that may hold at once: a logit per label; NaN is an unknown one."""

    loss: str = "bce_logits"
    metric: str = "ap"

    name = "multi_label"
    type = "classification"
    sign = "0 or 1 in each of several columns"
    losses: ClassVar[Mapping[str, LossFunction]] = {"bce_logits": bce_logits}
    metrics: ClassVar[Mapping[str, bool]] = _METRICS

    @classmethod
    def accepts(cls, targets: Targets, asked: bool) -> bool:
        """Several columns of zeros and ones."""
        return not targets.single and (asked or targets.are_labels)

    @classmethod
    def read(cls, targets: Targets, place: str, level: TargetLevel) -> TaskTargets:
        """Refuse a value that is neither 0 nor 1."""
        misfit = targets.first_word or targets.first_number_that_is_no_label
        if misfit is not None:
            raise MspeError(
                f"{place}: {targets.describe(*misfit)}, allowed for classification: 0 or 1 in each of several columns; "
                "set dataset.task or dataset.target_columns"
            )
        return cls(level), targets.numbers.float(), targets.names

    def scorer(self, k: int = 100) -> Metrics:
        """Return accuracies, f1, roc_auc and ap, each the mean over labels."""
        return classification_metrics

    def probabilities(self, outputs: Float[Tensor, "samples *outputs"]) -> Float[Tensor, "samples *outputs"]:
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

    def find_undefined(self, graphs: PackedGraphs, classes: Sequence[str]) -> str | None:
        """Return how many samples there are, where the metric compares values and no label has two."""
        labels = graphs.fields["y"]
        both = ((labels == 0).any(dim=0) & (labels == 1).any(dim=0)).any()
        if self.metric not in _RANKING or bool(both):
            return super().find_undefined(graphs, classes)
        return f"{len(labels)} samples and no label that is 1 in some and 0 in others"

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


def count_labels(labels: Shaped[Tensor, "*samples"], count: int) -> tuple[int, ...]:
    """Return how often each of so many classes occurs; NaN is none."""
    return tuple(torch.bincount(labels[~labels.isnan()].long(), minlength=count).tolist())


def _number_classes(targets: Targets, place: str) -> tuple[tuple[str, ...], Tensor]:
    known = ~targets.numbers.isnan()
    values = targets.numbers[known]
    wrong = values[values != values.round()]
    if wrong.numel():
        raise MspeError(
            f"{place}: y holds {wrong[0]:g}, allowed for classification: whole numbers; set dataset.task, or correct y"
        )
    classes, numbers = values.unique(return_inverse=True)
    return tuple(_number_name(value) for value in classes.tolist()), _with_unknown(numbers, known.flatten())


def _number_words(words: list[str]) -> tuple[tuple[str, ...], Tensor]:
    known = torch.tensor([word != "" for word in words])
    words = [word for word in words if word]
    parsed = [number for word in words if (number := parse_number(word)) is not None]
    if len(parsed) == len(words):
        words = [_number_name(number) for number in parsed]
        named = sorted(set(words), key=float)
    else:
        named = sorted(set(words))
    place_of = {word: number for number, word in enumerate(named)}
    return tuple(named), _with_unknown(torch.tensor([place_of[word] for word in words]), known)


def _check_classes(names: Sequence[str], numbers: Tensor, place: str) -> None:
    known = int((~numbers.isnan()).sum())
    if len(names) > 2 and 2 * len(names) > known:
        numbers_too = all(parse_number(name) is not None for name in names)
        raise MspeError(
            f"{place}: the target has {len(names)} values in {known} samples ({names[0]!r}, …), identifiers or numbers "
            f"rather than classes; {'set dataset.task=regression to predict numbers' if numbers_too else 'join them'}, "
            "or set dataset.target_columns to another column"
        )


def _with_unknown(numbers: Tensor, known: Tensor) -> Tensor:
    """The numbers of the classes of all samples; NaN where one is unknown."""
    if bool(known.all()):
        return numbers
    values = torch.full(known.shape, torch.nan)
    values[known] = numbers.float()
    return values


def _positive_last(
    names: tuple[str, ...], numbers: Tensor, asked: str | None, place: str
) -> tuple[tuple[str, ...], Tensor]:
    """The two classes with the positive one as the second."""
    counts = [int((numbers == number).sum()) for number in (0, 1)]
    positive, why = choose_positive(names, counts, asked)
    named, other = names[positive], names[1 - positive]
    message = "%s: the positive class is %r, the other %r: %s; dataset.positive_class sets it"
    logger.info(message, place, named, other, why)
    return (names, numbers) if positive == 1 else (names[::-1], 1 - numbers)


def _number_name(number: float) -> str:
    """A number as a class is named by it: 3 for 3.0."""
    return str(int(number)) if float(number).is_integer() and abs(number) < _EXACT else repr(number)
