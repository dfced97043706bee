"""Metrics over a whole split; scikit-learn, imported where it is used, computes those that are more than a mean."""

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import signature
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.tasks.labels import check_labels
from mspe.tasks.losses import align, is_column

logger = logging.getLogger(__name__)

REGRESSION_METRICS = ("mse", "mae", "rmse", "median_ae")
CLASSIFICATION_METRICS = ("accuracy", "weighted_accuracy", "f1", "roc_auc", "ap")


@runtime_checkable
class Metrics(Protocol):
    """Computes metrics by name from the predictions and targets of a whole split, on the CPU."""

    def __call__(self, prediction: Tensor, target: Tensor, source: Tensor | None = None, /) -> dict[str, float]:
        """Score samples; where they are pairs of nodes, `source` is the first node of each."""


def regression_metrics(prediction: Tensor, target: Tensor, source: Tensor | None = None) -> dict[str, float]:
    """Return mse, mae, rmse and median_ae, the median absolute error, which a few outliers leave as it is.

    Several targets are reported each (`mae_0`, …) and averaged. Unknown targets, NaN, are left out.
    """
    prediction, target = align(prediction.detach(), target)
    columns = [_regression_column(p, t) for p, t in zip(_columns(prediction), _columns(target), strict=True)]
    result = {name: _nan_mean([column[name] for column in columns]) for name in columns[0]}
    if len(columns) > 1:
        result |= {f"{name}_{i}": value for i, column in enumerate(columns) for name, value in column.items()}
    return result


def _regression_column(prediction: np.ndarray, target: np.ndarray) -> dict[str, float]:
    known = ~np.isnan(target)
    prediction, target = prediction[known], target[known]
    if not known.any() or not np.isfinite(prediction).all():
        return dict.fromkeys(REGRESSION_METRICS, float("nan"))
    error = prediction - target
    mse, absolute = float(np.mean(error**2)), np.abs(error)
    return {"mse": mse, "mae": float(np.mean(absolute)), "rmse": mse**0.5, "median_ae": float(np.median(absolute))}


def classification_metrics(prediction: Tensor, target: Tensor, source: Tensor | None = None) -> dict[str, float]:
    """Return accuracies, f1 (binary, else macro), roc_auc and ap (binary, else macro over classes that occur).

    Raises
    ------
    MspeError
        If a label is no class that the outputs tell, or shapes disagree.
    """
    prediction = prediction.detach()
    one_class_each = prediction.ndim == 2 and is_column(target, prediction.size(0))
    if one_class_each and prediction.size(1) > 2:
        return _multi_class(prediction, target.reshape(-1))
    if one_class_each and prediction.size(1) == 2:
        prediction = prediction[:, 1:] - prediction[:, :1]  # two classes: the logit of the second one
    prediction, target = align(prediction, target)
    check_labels(target, 2)
    columns = [_binary(p, t) for p, t in zip(_columns(prediction), _columns(target), strict=True)]
    return {name: _nan_mean([column[name] for column in columns]) for name in columns[0]}


def _binary(logit: np.ndarray, target: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

    known = ~np.isnan(target)
    logit, label = logit[known], target[known].astype(int)
    if not np.isfinite(logit).all():
        return dict.fromkeys(CLASSIFICATION_METRICS, float("nan"))
    both = len(np.unique(label)) == 2
    if not both:
        warnings.warn("a split has one class alone: roc_auc and ap are not defined on it, and NaN", stacklevel=2)
    return {
        "accuracy": float(((logit > 0) == label).mean()) if label.size else float("nan"),
        "weighted_accuracy": _weighted_accuracy(label, logit > 0),
        "f1": float(f1_score(label, logit > 0, zero_division=0)) if label.size else float("nan"),
        "roc_auc": float(roc_auc_score(label, logit)) if both else float("nan"),
        "ap": float(average_precision_score(label, logit)) if both else float("nan"),
    }


def _multi_class(logits: Tensor, target: Tensor) -> dict[str, float]:
    from sklearn.metrics import f1_score

    check_labels(target, logits.size(1))
    known = ~target.isnan()
    logits, label = logits[known], target[known].numpy().astype(int)
    if label.size == 0 or not logits.isfinite().all():
        return dict.fromkeys(CLASSIFICATION_METRICS, float("nan"))
    chosen = logits.argmax(dim=1).numpy()
    present = [c for c in range(logits.size(1)) if 0 < (label == c).sum() < label.size]
    score = torch.softmax(logits.double(), dim=1).numpy()
    columns = [_binary(score[:, c], (label == c).astype(float)) for c in present]
    return {
        "accuracy": float((chosen == label).mean()),
        "weighted_accuracy": _weighted_accuracy(label, chosen),
        "f1": float(f1_score(label, chosen, average="macro", zero_division=0)),
        "roc_auc": _nan_mean([column["roc_auc"] for column in columns]),
        "ap": _nan_mean([column["ap"] for column in columns]),
    }


def _weighted_accuracy(label: np.ndarray, chosen: np.ndarray) -> float:
    """The mean over classes that occur of the share of each that is found (Dwivedi et al., arXiv 2003.00982)."""
    return _nan_mean([float((chosen[label == c] == c).mean()) for c in np.unique(label)])


def accept_source(metrics: Callable[..., dict[str, float]]) -> Metrics:
    """Return metrics that may be given the source nodes, of a function that may take predictions and targets alone."""
    if len(signature(metrics).parameters) > 2:
        return metrics
    return lambda prediction, target, source=None: metrics(prediction, target)


@dataclass(frozen=True)
class EdgeMetrics:
    """roc_auc, ap, and precision@k: the share of edges among the k best candidates, k at most their number.

    hits@k is OGB's (Hu et al., arXiv 2005.00687): the share of edges scored above the k-th best of all candidates that
    are no edges; it is left out where there are fewer than k of them. With the candidates' source nodes also mrr: each
    edge is ranked among its negatives, the candidates of its source that are no edges; the mean of 1 / rank. Only
    sources of at least k negatives count; where there is none, it is left out.

    Candidates of equal score count at expectation, the mean over all their orders. Where k is more than half of the
    candidates that are no edges, the log says once that precision@k and hits@k tell little.

    Raises
    ------
    MspeError
        If `k` is no integer of at least 1.

    Examples
    --------
    >>> metrics = EdgeMetrics(k=1)
    >>> result = metrics(torch.tensor([0.9, 0.5, 0.1]), torch.tensor([0, 1, 0]), torch.tensor([7, 7, 7]))
    >>> result["mrr"], result["hits@k"]
    (0.5, 0.0)
    """

    k: int
    _flagged: set[int] = field(default_factory=set, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, int) or self.k < 1:
            raise MspeError(f"k: got {self.k!r}, allowed: an integer of at least 1")

    def __call__(self, prediction: Tensor, target: Tensor, source: Tensor | None = None) -> dict[str, float]:
        """Score candidates; `source` is the first node of each."""
        prediction, target = align(prediction.detach(), target)
        check_labels(target, 2)
        if source is not None and source.numel() not in (0, target.numel()):
            raise MspeError(f"source has shape {list(source.shape)} for {target.numel()} candidates, allowed: one each")
        known = ~target.reshape(-1).isnan()
        scores = prediction.double().reshape(-1)[known].numpy()
        label = target.reshape(-1)[known].numpy() > 0
        binary = _binary(scores, label.astype(float))
        self._flag_large_k(int((~label).sum()))
        result = {"roc_auc": binary["roc_auc"], "ap": binary["ap"], "precision@k": _precision(scores, label, self.k)}
        if source is not None and source.numel() > 0:
            result |= _mean_reciprocal_rank(scores, label, source.reshape(-1)[known].numpy(), self.k)
        result |= _hits(scores, label, self.k)
        return result if np.isfinite(scores).all() else dict.fromkeys(result, float("nan"))

    def _flag_large_k(self, negatives: int) -> None:
        if 2 * self.k <= negatives or negatives in self._flagged:
            return
        self._flagged.add(negatives)
        logger.warning(
            "precision@k and hits@k: k is %d, but only %d candidates are no edges: they tell little, hits@k is left "
            "out where there are fewer than k; give a smaller k, or more candidates",
            *(self.k, negatives),
        )


def _precision(scores: np.ndarray, label: np.ndarray, k: int) -> float:
    """The share of edges among the k best; of those equal to the last of them, as many as fit, at expectation."""
    if scores.size == 0:
        return float("nan")
    k = min(k, scores.size)
    least = np.sort(scores)[-k]
    above, equal = scores > least, scores == least
    places = k - above.sum()
    return float((label[above].sum() + places * label[equal].sum() / max(1, equal.sum())) / k)


def _hits(scores: np.ndarray, label: np.ndarray, k: int) -> dict[str, float]:
    """The share of edges that fewer than k negatives are ranked before."""
    own, negatives = scores[label], np.sort(scores[~label])
    if own.size == 0 or negatives.size < k:
        return {}
    above, equal = _count_negatives(own, negatives)
    return {"hits@k": float(((k - above) / (equal + 1)).clip(0, 1).mean())}


def _mean_reciprocal_rank(scores: np.ndarray, label: np.ndarray, source: np.ndarray, least: int) -> dict[str, float]:
    """The mean of 1 / rank of edges among their source's negatives, where there are enough."""
    means: list[float] = []
    for node in np.unique(source[label]):
        mine = source == node
        negatives = np.sort(scores[mine & ~label])
        if negatives.size >= least:
            above, equal = _count_negatives(scores[mine & label], negatives)
            first, last = above + 1, above + 1 + equal  # of equal scores, every rank is as likely
            means += [(1 / np.arange(a, b + 1)).mean() for a, b in zip(first, last, strict=True)]
    return {"mrr": float(np.mean(means))} if means else {}


def _count_negatives(own: np.ndarray, negatives: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many of the sorted negatives are above each of an edge's own scores, and how many are equal to it."""
    first, after = np.searchsorted(negatives, own, "left"), np.searchsorted(negatives, own, "right")
    return negatives.size - after, after - first


def _columns(values: Tensor) -> list[np.ndarray]:
    return list((values[:, None] if values.ndim == 1 else values.flatten(1)).double().numpy().T)


def _nan_mean(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
