"""Labels as losses and metrics take them: the number of a class, or NaN where it is unknown."""

import torch
from jaxtyping import Shaped
from torch import Tensor

from mspe.common.errors import MspeError


def check_labels(target: Shaped[Tensor, "..."], count: int) -> None:
    """Refuse labels that are none of so many classes.

    Parameters
    ----------
    target
        Whole numbers from 0, or NaN where a label is unknown. No number means unknown: -1 and -100 are refused.
    count
        The number of classes.

    Raises
    ------
    MspeError
        If there is another value.

    Examples
    --------
    >>> check_labels(torch.tensor([0.0, torch.nan, 1.0]), count=2)
    """
    wrong = target[~torch.isnan(target) & ((target < 0) | (target >= count) | (target != target.long()))]
    if wrong.numel():
        raise MspeError(
            f"target: got the label {wrong[0].item():g}, allowed of {count} classes: 0 to {count - 1}, or NaN where it "
            "is unknown; number the labels so, or give the model an output per class"
        )
