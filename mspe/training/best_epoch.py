"""Which epoch is the best so far, and how many came after it."""

import logging
import math
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.tensor_files import read_tensors

logger = logging.getLogger(__name__)


class BestEpoch:
    """The best value of a validation metric, its epoch, the epochs waited since, and the checkpoint of that epoch.

    Attributes
    ----------
    metric
        The best value; NaN before there is one.
    epoch
        Its epoch, counted from 1; 0 before there is one.
    name, minimize
        Of the metric, and whether less is better; None before one is followed.
    waited
        Epochs without a better one since.
    checkpoint
        Of that epoch, where this run has seen it.

    Examples
    --------
    >>> best = BestEpoch()
    >>> best.follow("loss", minimize=True)
    False
    >>> [best.update(value, epoch) for epoch, value in enumerate([0.5, 0.6, float("nan"), 0.4, 0.4], 1)]
    [True, False, False, True, False]
    >>> best.metric, best.epoch, best.waited
    (0.4, 4, 1)
    """

    def __init__(self) -> None:
        self.metric = math.nan
        self.epoch = 0
        self.name: str | None = None
        self.minimize: bool | None = None
        self.waited = 0
        self.checkpoint: dict[str, Any] | None = None

    def follow(self, name: str, minimize: bool) -> bool:
        """Choose the metric; return whether the best begins anew, it being another one, or of another direction."""
        anew = self.name is not None and (self.name, self.minimize) != (name, minimize)
        if self.name is None and self.epoch > 0:
            logger.warning("the checkpoint does not say which metric its best value is of; it is taken as val %s", name)
        elif anew:
            best = f"{self.metric:.4g} (epoch {self.epoch})" if self.epoch else "undefined"
            logger.warning("the best epoch is now chosen by val %s, anew; val %s was %s", name, self.name, best)
            self.metric, self.epoch, self.waited = math.nan, 0, 0
        self.name, self.minimize = name, minimize
        return anew

    def beats(self, other: float) -> bool:
        """Return whether the best value is better than another, or as good."""
        return self.metric <= other if self.minimize else self.metric >= other

    def update(self, value: float, epoch: int) -> bool:
        """Take an epoch's value; return whether it is better than the best so far. NaN never is."""
        if math.isnan(self.metric):
            better = not math.isnan(value)
        else:
            better = value < self.metric if self.minimize else value > self.metric
        self.waited = 0 if better else self.waited + 1
        if better:
            self.metric, self.epoch = value, epoch
        return better

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint holds beside the specification's `best_metric` and `best_epoch`."""
        return {"metric": self.name, "minimize": self.minimize, "waited": self.waited}

    def load(self, checkpoint: dict[str, Any]) -> None:
        """Take what a checkpoint holds; one written before names no metric."""
        self.metric, self.epoch = checkpoint["best_metric"], checkpoint["best_epoch"]
        state = checkpoint.get("best", {})
        self.name, self.minimize = state.get("metric"), state.get("minimize")
        self.waited = state.get("waited", max(0, checkpoint["epoch"] - self.epoch))
        self.checkpoint = None


def say_replaced(path: Path, best: BestEpoch) -> None:
    """Say that a checkpoint of another run is replaced, unless the new one is known to be as good."""
    if not path.exists():
        return
    try:
        other = BestEpoch()
        other.load(read_tensors(path))
    except (MspeError, KeyError):
        logger.warning("%s: what is there is no checkpoint that can be read; it is replaced", path)
        return
    same = (other.name, other.minimize) == (best.name, best.minimize)
    if other.epoch == 0 or (same and best.beats(other.metric)):
        return
    logger.warning(
        "%s: %s of another run is replaced: val %s %.4g of epoch %d, now val %s %.4g of epoch %d; give each run a "
        "checkpoint_dir of its own",
        *(path, "a better one" if same else "one", other.name or "of an unnamed metric", other.metric, other.epoch),
        *(best.name, best.metric, best.epoch),
    )
