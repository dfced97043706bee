"""Predictions held against the number of classes or targets that a loss or metrics were asked for."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from torch import Tensor

from mspe.common.errors import MspeError
from mspe.tasks import Task
from mspe.training.checks import check_integer

Function = TypeVar("Function", bound=Callable[..., Any])


def expect_outputs(function: Function, task: Task, num_classes: int | None) -> Function:
    """Return a loss or metrics that refuses predictions of another number of outputs.

    Parameters
    ----------
    function
        Of predictions, targets and, of metrics, source nodes.
    task
        What is predicted: two classes may be told apart by one logit.
    num_classes
        How many classes, labels or targets there are; None: as many as are predicted.

    Raises
    ------
    MspeError
        If `num_classes` is no integer of at least 1.
    """
    if num_classes is None:
        return function
    check_integer("num_classes", num_classes)
    allowed = {num_classes, 1} if num_classes == 2 and not task.continuous else {num_classes}

    @wraps(function)
    def checked(prediction: Tensor, target: Tensor, *source: Tensor | None) -> Any:
        outputs = prediction.size(1) if prediction.ndim > 1 else 1
        if outputs not in allowed:
            raise MspeError(
                f"num_classes: got {num_classes}, but the prediction has shape {list(prediction.shape)}; allowed for "
                f"{task.type}: an output each" + (", or one logit for two" if len(allowed) > 1 else "")
            )
        return function(prediction, target, *source)

    return checked  # type: ignore[return-value]
