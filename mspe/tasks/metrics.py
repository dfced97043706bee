"""Metrics over a whole split; scikit-learn computes them."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from sklearn import metrics as sklearn_metrics
from torch import Tensor

from mspe.tasks.losses import align

CLASSIFICATION_METRICS = ("accuracy", "weighted_accuracy", "f1", "roc_auc", "ap")


@runtime_checkable
class Metrics(Protocol):
    """Computes metrics by name from the predictions and targets of a whole split, on the CPU."""

    def __call__(self, prediction: Tensor, target: Tensor, source: Tensor | None = None, /) -> dict[str, float]:
        """Score samples; where they are pairs of nodes, `source` is the first node of each."""


def regression_metrics(prediction: Tensor, target: Tensor, source: Tensor | None = None) -> dict[str, float]:
    """Return mse, mae and rmse; several targets are reported each (`mae_0`, …) and averaged."""
    prediction, target = align(prediction, target)
    columns = [_regression_column(p, t) for p, t in zip(_columns(prediction), _columns(target), strict=True)]
    result = {name: _nan_mean([column[name] for column in columns]) for name in columns[0]}
    if len(columns) > 1:
        result |= {f"{name}_{i}": value for i, column in enumerate(columns) for name, value in column.items()}
    return result


def _regression_column(prediction: np.ndarray, target: np.ndarray) -> dict[str, float]:
    known = ~np.isnan(target)
    prediction, target = prediction[known], target[known]
    if not known.any() or not np.isfinite(prediction).all():
        return dict.fromkeys(("mse", "mae", "rmse"), float("nan"))
    mse = float(sklearn_metrics.mean_squared_error(target, prediction))
    mae = float(sklearn_metrics.mean_absolute_error(target, prediction))
    return {"mse": mse, "mae": mae, "rmse": mse**0.5}


def classification_metrics(prediction: Tensor, target: Tensor, source: Tensor | None = None) -> dict[str, float]:
    """Return accuracies, f1 (binary, else macro), roc_auc and ap (binary, else macro over classes that occur)."""
    if prediction.ndim == 2 and prediction.size(1) == 2 and target.numel() == prediction.size(0):
        prediction = prediction[:, 1:] - prediction[:, :1]  # two classes: the logit of the second one
    if prediction.ndim == 2 and prediction.size(1) > 1 and target.numel() == prediction.size(0):
        return _multi_class(prediction, target.reshape(-1))
    prediction, target = align(prediction, target)
    columns = [_binary(p, t) for p, t in zip(_columns(prediction), _columns(target), strict=True)]
    return {name: _nan_mean([column[name] for column in columns]) for name in columns[0]}


def _binary(logit: np.ndarray, target: np.ndarray) -> dict[str, float]:
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
        "f1": float(sklearn_metrics.f1_score(label, logit > 0, zero_division=0)) if label.size else float("nan"),
        "roc_auc": float(sklearn_metrics.roc_auc_score(label, logit)) if both else float("nan"),
        "ap": float(sklearn_metrics.average_precision_score(label, logit)) if both else float("nan"),
    }


def _multi_class(logits: Tensor, target: Tensor) -> dict[str, float]:
    if not logits.isfinite().all():
        return dict.fromkeys(CLASSIFICATION_METRICS, float("nan"))
    label = target.numpy().astype(int)
    chosen = logits.argmax(dim=1).numpy()
    present = [c for c in range(logits.size(1)) if 0 < (label == c).sum() < label.size]
    score = torch.softmax(logits.double(), dim=1).numpy()
    columns = [_binary(score[:, c], (label == c).astype(float)) for c in present]
    return {
        "accuracy": float((chosen == label).mean()),
        "weighted_accuracy": _weighted_accuracy(label, chosen),
        "f1": float(sklearn_metrics.f1_score(label, chosen, average="macro", zero_division=0)),
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

    With the candidates' source nodes also mrr and hits@k: each true edge is ranked among its negatives, the candidates
    of its source that are no edges; the mean of 1 / rank, and the share of ranks up to k. Of equal scores the rank is
    the middle one. Only sources of at least k negatives count, since among fewer every edge is a hit; where there is
    none, both are left out.

    Examples
    --------
    >>> metrics = EdgeMetrics(k=1)
    >>> result = metrics(torch.tensor([0.9, 0.5, 0.1]), torch.tensor([0, 1, 0]), torch.tensor([7, 7, 7]))
    >>> result["mrr"], result["hits@k"]
    (0.5, 0.0)
    """

    k: int

    def __call__(self, prediction: Tensor, target: Tensor, source: Tensor | None = None) -> dict[str, float]:
        """Score candidates; `source` is the first node of each."""
        prediction, target = align(prediction, target)
        scores, label = prediction.double().reshape(-1).numpy(), target.reshape(-1).numpy() > 0
        binary = _binary(scores, label.astype(float))
        best = np.argsort(-scores, kind="stable")[: min(self.k, scores.size)]
        result = {"roc_auc": binary["roc_auc"], "ap": binary["ap"], "precision@k": float(label[best].mean())}
        if source is None or source.numel() == 0:
            return result
        ranks = _ranks(scores, label, source.numpy(), self.k)
        if ranks.size == 0:
            return result
        return {**result, "mrr": float((1 / ranks).mean()), "hits@k": float((ranks <= self.k).mean())}


def _ranks(scores: np.ndarray, label: np.ndarray, source: np.ndarray, least: int) -> np.ndarray:
    """The rank of true edges among themselves and their source's negatives, where there are enough."""
    ranks = []
    for node in np.unique(source[label]):
        mine = source == node
        negatives = scores[mine & ~label]
        if negatives.size >= least:
            own = scores[mine & label][:, None]
            ranks.append(1 + (negatives > own).sum(axis=1) + (negatives == own).sum(axis=1) / 2)
    return np.concatenate(ranks) if ranks else np.empty(0)


def _columns(values: Tensor) -> list[np.ndarray]:
    return list(values.double().reshape(values.size(0), -1).numpy().T)


def _nan_mean(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
