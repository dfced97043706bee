"""Loss functions by task."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.nn import functional

from mspe.common.errors import MspeError
from mspe.common.registry import choose

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


def _masked(elementwise: Callable[..., Tensor]) -> LossFunction:
    """The mean of an elementwise loss over the targets that are not NaN."""

    def loss(prediction: Float[Tensor, "..."], target: Shaped[Tensor, "..."]) -> Float[Tensor, ""]:
        prediction, target = align(prediction, target.to(prediction.dtype))
        known = ~torch.isnan(target)
        values = elementwise(prediction, torch.where(known, target, 0.0), reduction="none")
        return torch.where(known, values, 0.0).sum() / known.sum().clamp(min=1)

    return loss


def _cross_entropy(prediction: Float[Tensor, "samples classes"], target: Shaped[Tensor, "..."]) -> Float[Tensor, ""]:
    return functional.cross_entropy(prediction, _classes(prediction, target))


def _weighted_cross_entropy(
    prediction: Float[Tensor, "samples classes"], target: Shaped[Tensor, "..."]
) -> Float[Tensor, ""]:
    """Each class weighted by the share of the batch that is of others (Dwivedi et al., arXiv 2003.00982)."""
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


REGRESSION: dict[str, LossFunction] = {
    "mse": _masked(functional.mse_loss),
    "mae": _masked(functional.l1_loss),
    "huber": _masked(functional.huber_loss),
}
CLASSIFICATION: dict[str, LossFunction] = {
    "cross_entropy": _cross_entropy,
    "bce_logits": _masked(functional.binary_cross_entropy_with_logits),
    "weighted_cross_entropy": _weighted_cross_entropy,
}
EDGE_PREDICTION: dict[str, LossFunction] = {"bce_logits": CLASSIFICATION["bce_logits"]}
LOSSES = {"regression": REGRESSION, "classification": CLASSIFICATION, "edge_prediction": EDGE_PREDICTION}


def get_loss_fn(task_type: str, loss_type: str | None = None, num_classes: int | None = None) -> LossFunction:
    """Choose a loss ``loss_fn(prediction, target)``, a mean over the targets; a NaN target counts for nothing.

    Parameters
    ----------
    task_type
        `regression`, `classification` or `edge_prediction`.
    loss_type
        `mse` (default), `mae`, `huber`; `cross_entropy` (default), `bce_logits`,
        `weighted_cross_entropy` (rare classes count more); `bce_logits`.
    num_classes
        Of a classification; `bce_logits` takes one logit a sample for two classes, and a column a label otherwise.

    Raises
    ------
    MspeError
        If a name is unknown. The returned function raises it where shapes would broadcast.

    Examples
    --------
    >>> get_loss_fn("regression", loss_type="mae")(torch.tensor([[1.0], [5.0]]), torch.tensor([2.0, torch.nan])).item()
    1.0
    """
    losses = choose("task type", task_type, LOSSES)
    if loss_type is None:
        return next(iter(losses.values()))
    return choose(f"{task_type} loss", loss_type, losses)
