"""Loss functions by the names of the specification."""

from mspe.common.registry import choose
from mspe.tasks import LossFunction, get_task
from mspe.training.outputs import expect_outputs


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
        How many classes, labels or targets there are: so many outputs have to be predicted, or one logit a sample for
        two classes. None: as many as are predicted.

    Raises
    ------
    MspeError
        If a name is unknown, or the number no positive integer. The returned function raises it where shapes would
        broadcast, outputs are not as many as classes, or a label is none of the classes.

    Examples
    --------
    >>> import torch
    >>> get_loss_fn("regression", loss_type="mae")(torch.tensor([[1.0], [5.0]]), torch.tensor([2.0, torch.nan])).item()
    1.0
    """
    task = get_task(task_type)
    name = next(iter(task.losses)) if loss_type is None else loss_type
    return expect_outputs(choose(f"{task_type} loss", name, task.losses), task, num_classes)
