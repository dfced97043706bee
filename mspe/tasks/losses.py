"""Loss functions: each is `loss(prediction, target)`, a mean over the targets; a NaN target counts for nothing."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.nn import functional

from mspe.common.errors import MspeError
from mspe.tasks.labels import check_labels

LossFunction = Callable[[Tensor, Tensor], Tensor]

_UNKNOWN = -100  # torch's own ignore_index


def align(prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Give both the same shape where one is [B] and the other [B, 1].

    Raises
    ------
    MspeError
        On any other difference: nothing is broadcast.
    """
    if prediction.shape == target.shape:
        return prediction, target
    if all(is_column(values, prediction.numel()) for values in (prediction, target)):
        return prediction.reshape(-1, 1), target.reshape(-1, 1)
    raise MspeError(
        f"prediction has shape {list(prediction.shape)} and target {list(target.shape)}; they must agree, "
        "or be [B] and [B, 1]"
    )


def is_column(values: Tensor, samples: int) -> bool:
    """Return whether there is one value per sample: [B] or [B, 1]."""
    return values.shape in ((samples,), (samples, 1))


def masked(elementwise: Callable[..., Tensor]) -> LossFunction:
    """Return the mean of an elementwise loss over the targets that are not NaN."""

    def loss(prediction: Float[Tensor, "..."], target: Shaped[Tensor, "..."]) -> Float[Tensor, ""]:
        prediction, target = align(prediction, target.to(prediction.dtype))
        known = ~torch.isnan(target)
        values = elementwise(prediction, torch.where(known, target, 0.0), reduction="none")
        return torch.where(known, values, 0.0).sum() / known.sum().clamp(min=1)

    return loss


def cross_entropy(prediction: Float[Tensor, "samples classes"], target: Shaped[Tensor, "..."]) -> Float[Tensor, ""]:
    """Return the mean cross entropy of a logit per class."""
    return _mean_cross_entropy(prediction, _classes(prediction, target))


def weighted_cross_entropy(
    prediction: Float[Tensor, "samples classes"], target: Shaped[Tensor, "..."]
) -> Float[Tensor, ""]:
    """Return the cross entropy in which each class is weighted by the share of the batch that is of others.

    Dwivedi et al., arXiv 2003.00982.
    """
    classes = _classes(prediction, target)
    known = classes[classes != _UNKNOWN]
    counts = torch.bincount(known, minlength=prediction.size(1)).to(prediction.dtype)
    if counts.max() == known.numel():  # one class alone: there are no others to weigh it by
        return _mean_cross_entropy(prediction, classes)
    weight = torch.where(counts > 0, 1 - counts / known.numel(), 0.0)
    return _mean_cross_entropy(prediction, classes, weight)


def _mean_cross_entropy(prediction: Tensor, classes: Tensor, weight: Tensor | None = None) -> Tensor:
    """Torch's mean, which leaves unknown classes out; 0 where all are unknown."""
    reduction = "mean" if bool((classes != _UNKNOWN).any()) else "sum"
    return functional.cross_entropy(prediction, classes, weight, ignore_index=_UNKNOWN, reduction=reduction)


def _classes(prediction: Tensor, target: Tensor) -> Tensor:
    if prediction.ndim != 2 or not is_column(target, prediction.size(0)):
        raise MspeError(
            f"prediction has shape {list(prediction.shape)} and target {list(target.shape)}, allowed: [B, classes] and "
            "[B] or [B, 1]"
        )
    if prediction.size(1) == 1:
        raise MspeError(
            f"prediction has shape {list(prediction.shape)}, but one output tells no classes apart under a cross "
            "entropy, whose loss would be 0; give an output per class, or take the loss bce_logits"
        )
    check_labels(target, prediction.size(1))
    return target.long().masked_fill(target.isnan(), _UNKNOWN).reshape(-1)


def bce_logits(prediction: Float[Tensor, "..."], target: Shaped[Tensor, "..."]) -> Float[Tensor, ""]:
    """Return the mean binary cross entropy of a logit per label, over the labels that are not NaN."""
    check_labels(align(prediction, target)[1], 2)
    return _masked_bce(prediction, target)


_masked_bce = masked(functional.binary_cross_entropy_with_logits)
