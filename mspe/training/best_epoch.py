"""Which epoch is the best so far."""

import math
from typing import Any


class BestEpoch:
    """The best value of a validation metric, its epoch, and the checkpoint of that epoch.

    Attributes
    ----------
    metric
        The best value; NaN before there is one.
    epoch
        Its epoch, counted from 1; 0 before there is one.
    checkpoint
        Of that epoch, where this run has seen it.

    Examples
    --------
    >>> best = BestEpoch()
    >>> [best.update(value, epoch, minimize=True) for epoch, value in enumerate([0.5, 0.6, float("nan"), 0.4], 1)]
    [True, False, False, True]
    >>> best.metric, best.epoch
    (0.4, 4)
    """

    def __init__(self) -> None:
        self.metric = math.nan
        self.epoch = 0
        self.checkpoint: dict[str, Any] | None = None

    def update(self, value: float, epoch: int, minimize: bool) -> bool:
        """Take an epoch's value; return whether it is better than the best so far. NaN never is."""
        if math.isnan(self.metric):
            better = not math.isnan(value)
        else:
            better = value < self.metric if minimize else value > self.metric
        if better:
            self.metric, self.epoch = value, epoch
        return better
