"""Loss functions: each is `loss(prediction, target)`, a mean over the targets; a NaN target counts for nothing."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.nn import functional

from mspe.common.errors import MspeError

LossFunction = Callable[[Tensor, Tensor], Tensor]


def align(prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Give both the same shape where one is [B] and the other [B, 1].

    Raises
    ------
    MspeError
        On any other difference: nothing is broadcast.
    """
    if prediction.shape == target.shape:
        return prediction, target
    if prediction.numel() == target.numel() and {prediction.ndim, target.ndim} == {1, 2}:
        return prediction.reshape(-1, 1), target.reshape(-1, 1)
    raise MspeError(
        f"prediction has shape {list(prediction.shape)} and target {list(target.shape)}; they must agree, "
        "or be [B] and [B, 1]"
    )


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
    return functional.cross_entropy(prediction, _classes(prediction, target))


def weighted_cross_entropy(
    prediction: Float[Tensor, "samples classes"], target: Shaped[Tensor, "..."]
) -> Float[Tensor, ""]:
    """Return the cross entropy in which each class is weighted by the share of the batch that is of others.

    Dwivedi et al., arXiv 2003.00982.
    """
    classes = _classes(prediction, target)
    counts = torch.bincount(classes, minlength=prediction.size(1)).to(prediction.dtype)
    weight = torch.where(counts > 0, 1 - counts / classes.numel(), 0.0)
    if counts.max() == classes.numel():  # one class alone: there are no others to weigh it by
        return functional.cross_entropy(prediction, classes)
    return functional.cross_entropy(prediction, classes, weight)


def _classes(prediction: Tensor, target: Tensor) -> Tensor:
    classes = target.reshape(-1).long()
    if prediction.ndim != 2 or prediction.size(0) != classes.numel():
        raise MspeError(
            f"prediction has shape {list(prediction.shape)}, allowed: [B, classes] for {classes.numel()} targets"
        )
    return classes


bce_logits = masked(functional.binary_cross_entropy_with_logits)
