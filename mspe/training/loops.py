"""What happens within an epoch, and between epochs: accumulation, prediction over a split, early stopping."""

import copy
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.common.terminal import progress_bar
from mspe.tasks import Metrics
from mspe.training.checks import check_integer
from mspe.training.device import Precision, oom_hint, upcast_half
from mspe.training.loaders import count_batches, read_batches

TARGETS = ("edge_label", "y")


def batch_target(batch: Batch) -> Tensor:
    """Return what a batch is to be predicted as: its `edge_label` where it has one, else its `y`.

    Raises
    ------
    MspeError
        If it has neither.
    """
    for name in TARGETS:
        if name in batch and batch[name] is not None:
            return batch[name]
    raise MspeError(f"a batch has no target: its fields are {', '.join(batch.keys())}; add y")


def count_targets(batch: Batch) -> int:
    """Count a batch's known targets: NaN means unknown."""
    target = batch_target(batch)
    return int((~torch.isnan(target)).sum()) if target.is_floating_point() else target.numel()


@dataclass(frozen=True)
class Predictions:
    """Predictions beside what they are to be.

    Attributes
    ----------
    prediction
        [samples, outputs], in full precision.
    target
        Of the same samples; None where the batch has none.
    source
        Where the samples are pairs of nodes (`edge_label_index`), the first node of each; else empty.
    num_nodes
        Of the graphs that they belong to.
    """

    prediction: Tensor
    target: Tensor | None
    source: Tensor
    num_nodes: int

    @classmethod
    def from_batch(cls, batch: Batch, prediction: Tensor) -> "Predictions":
        """A batch's predictions and targets."""
        pairs = batch.get("edge_label_index")
        source = pairs[0] if pairs is not None else torch.empty(0, dtype=torch.long, device=prediction.device)
        has_target = any(batch.get(name) is not None for name in TARGETS)
        target = batch_target(batch) if has_target else None
        return cls(upcast_half(prediction.detach()), target, source, batch.batch.numel())

    @classmethod
    def concatenate(cls, parts: Sequence["Predictions"]) -> "Predictions":
        """Return all parts in order; the nodes of each are numbered after those before it.

        Raises
        ------
        MspeError
            If there are none.
        """
        if not parts:
            raise MspeError("the loader is empty; give at least one batch")
        first = [0, *accumulate(part.num_nodes for part in parts)]
        targets = [part.target for part in parts if part.target is not None]
        return cls(
            prediction=torch.cat([part.prediction for part in parts]),
            target=torch.cat(targets) if targets else None,
            source=torch.cat([part.source + shift for part, shift in zip(parts, first, strict=False)]),
            num_nodes=first[-1],
        )

    def to(self, device: str | torch.device) -> "Predictions":
        """The same on another device."""
        target = None if self.target is None else self.target.to(device)
        return Predictions(self.prediction.to(device), target, self.source.to(device), self.num_nodes)

    def metrics(self, metrics: Metrics) -> dict[str, float]:
        """Return every metric, over all samples."""
        if self.target is None:
            raise MspeError("the loader's batches have no target; add y")
        return metrics(self.prediction, self.target, self.source)


class GradientAccumulator:
    """Several batches as one: scales each loss and says when to step.

    Each batch's loss is weighted by its share of the window's targets, so that the gradient is that of one large
    batch, also in the last window, which may be shorter.

    Parameters
    ----------
    accumulation_steps
        Batches a window.

    Examples
    --------
    >>> from torch_geometric.data import Batch, Data
    >>> batches = [Batch.from_data_list([Data(y=torch.zeros(1), num_nodes=1)] * 2)] * 3
    >>> accumulator = GradientAccumulator(accumulation_steps=2)
    >>> [(accumulator.scale(torch.tensor(1.0)).item(), accumulator.step_due) for batch in accumulator(batches)]
    [(0.5, False), (0.5, True), (1.0, True)]
    """

    def __init__(self, accumulation_steps: int) -> None:
        self.accumulation_steps = check_integer("accumulation_steps", accumulation_steps)
        self.step_due = False
        self._share = 1.0

    def __call__(self, loader: Iterable[Batch]) -> Iterator[Batch]:
        """Iterate over the loader's batches, reading a window ahead."""
        window: list[Batch] = []
        for batch in loader:
            window.append(batch)
            if len(window) == self.accumulation_steps:
                yield from self._window(window)
                window = []
        yield from self._window(window)

    def _window(self, batches: list[Batch]) -> Iterator[Batch]:
        counts = [count_targets(batch) for batch in batches] if len(batches) > 1 else [1]
        for position, batch in enumerate(batches):
            self._share = counts[position] / max(1, sum(counts))
            self.step_due = position == len(batches) - 1
            yield batch

    def scale(self, loss: Tensor) -> Tensor:
        """The loss times its batch's share of the window."""
        return loss * self._share


class EarlyStopping:
    """Says when a metric has not improved for `patience` calls.

    Parameters
    ----------
    patience
        Calls without improvement after which the answer is True.
    mode
        `min` or `max`: which direction is better.

    Examples
    --------
    >>> stop = EarlyStopping(patience=2, mode="min")
    >>> [stop(value) for value in (1.0, 0.5, 0.6, 0.7)]
    [False, False, False, True]
    """

    def __init__(self, patience: int = 10, mode: str = "min") -> None:
        if mode not in ("min", "max"):
            raise MspeError(f"mode: got {mode!r}, allowed: min, max")
        self.patience = check_integer("patience", patience)
        self.sign = 1.0 if mode == "min" else -1.0
        self.best = math.inf
        self.waited = 0

    def __call__(self, value: float) -> bool:
        """Take the next value; NaN counts as no improvement."""
        improved = self.sign * value < self.best
        self.best = self.sign * value if improved else self.best
        self.waited = 0 if improved else self.waited + 1
        return self.exhausted

    @property
    def exhausted(self) -> bool:
        """Return whether the patience is at its end."""
        return self.waited >= self.patience

    def state_dict(self) -> dict[str, float]:
        """Return what has been seen."""
        return {"best": self.best, "waited": self.waited}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take what `state_dict` gave."""
        self.best, self.waited = state["best"], int(state["waited"])


@torch.no_grad()
def predict_batches(
    model: nn.Module,
    loader: Iterable[Any],
    device: torch.device,
    precision: Precision,
    shown: bool = True,
) -> list[Predictions]:
    """Predict every batch in evaluation mode: the predictions on the CPU, in the loader's order.

    A terminal shows how far that is, where it takes more than a second, unless `shown` is False.
    """
    model.eval()
    results = []
    for batch in progress_bar(read_batches(loader), "predicting", count_batches(loader), shown=shown, delay=1.0):
        with precision.autocast(), oom_hint(batch):
            prediction = model(copy.copy(batch).to(device, non_blocking=True))
        results.append(Predictions.from_batch(batch.to("cpu"), prediction.cpu()))
    return results
