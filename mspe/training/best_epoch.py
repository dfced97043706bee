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
    >>> best.improves(0.5, minimize=True)
    True
    >>> best.metric, best.epoch = 0.5, 1
    >>> best.improves(float("nan"), minimize=True), best.improves(0.6, minimize=False)
    (False, True)
    """

    def __init__(self) -> None:
        self.metric = math.nan
        self.epoch = 0
        self.checkpoint: dict[str, Any] | None = None

    def improves(self, value: float, minimize: bool) -> bool:
        """Return whether a value is better than the best so far; NaN never is."""
        if math.isnan(self.metric):
            return not math.isnan(value)
        return value < self.metric if minimize else value > self.metric
