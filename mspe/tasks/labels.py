"""Labels as losses and metrics take them: the number of a class, or NaN where it is unknown."""

import torch
from jaxtyping import Shaped
from torch import Tensor

from mspe.common.errors import MspeError

_MARKS = (-1.0, -100.0)


def find_marks(labels: Shaped[Tensor, "..."], of_two: bool = False) -> tuple[float, ...]:
    """Return which of −1 and −100 stand for no label: those that occur where all other labels are 0 … C − 1.

    Parameters
    ----------
    labels
        As users write them; NaN where one is unknown.
    of_two
        Whether only 0 and 1 are labels for sure, other numbers being numbers.

    Examples
    --------
    >>> find_marks(torch.tensor([0, 1, 2, -1, 2])), find_marks(torch.tensor([-1, 1])), find_marks(torch.tensor([0, 1]))
    ((-1.0,), (), ())
    """
    values = labels[~labels.isnan()].unique().tolist()
    marks = tuple(mark for mark in _MARKS if mark in values)
    others = [value for value in values if value not in marks]
    count = 2 if of_two else max(2, len(others))
    return marks if others == list(range(count)) else ()


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
