"""Loss functions by the names of the specification."""

from mspe.common.registry import choose
from mspe.tasks import LossFunction, get_task


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
    >>> import torch
    >>> get_loss_fn("regression", loss_type="mae")(torch.tensor([[1.0], [5.0]]), torch.tensor([2.0, torch.nan])).item()
    1.0
    """
    losses = get_task(task_type).losses
    if loss_type is None:
        return next(iter(losses.values()))
    return choose(f"{task_type} loss", loss_type, losses)
