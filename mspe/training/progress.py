"""What an epoch of training has seen so far."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch

from mspe.tasks import Metrics
from mspe.training.distributed import ProcessGroup
from mspe.training.loops import Predictions


class EpochProgress:
    """The predictions and losses of an epoch, added batch by batch; part of the state of a run stopped within it.

    Attributes
    ----------
    batches
        Batches of the epoch that have been trained on or skipped.
    skipped
        Batches left out because their loss or gradient was not finite.
    learning_rate
        At the beginning of the epoch.
    """

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate
        self.batches = 0
        self.skipped = 0
        self._loss = 0.0
        self._known = 0
        self._parts: list[Predictions] = []

    def add(self, batch: Batch, prediction: Tensor, loss: float, known: int) -> None:
        """Take a batch that has been trained on, the loss the mean over its known targets."""
        self.batches += 1
        self._loss += loss * known
        self._known += known
        self._parts.append(Predictions.from_batch(batch, prediction))

    def skip(self) -> None:
        """Count a batch that is left out."""
        self.batches += 1
        self.skipped += 1

    def scores(self, metrics: Metrics, group: ProcessGroup) -> dict[str, float]:
        """`loss`, the mean over all processes' targets, and every metric of the predictions made while training.

        In a process group each process has to have had other samples, as `GraphLoader` gives them.
        """
        gathered = group.gather((self._loss, self._known, self._joined()))
        parts = [part for _, _, part in gathered if part is not None]
        if not parts:
            return {"loss": float("nan")}
        loss = sum(loss for loss, _, _ in gathered) / max(1, sum(known for _, known, _ in gathered))
        return {"loss": loss, **Predictions.concatenate(parts).metrics(metrics)}

    def _joined(self) -> Predictions | None:
        return Predictions.concatenate(self._parts).to("cpu") if self._parts else None

    def state_dict(self) -> dict[str, Any]:
        """Everything, as plain values and tensors on the CPU."""
        part = self._joined()
        return {
            "scored": None if part is None else vars(part),
            "learning_rate": self.learning_rate,
            "batches": self.batches,
            "skipped": self.skipped,
            "loss": self._loss,
            "known": self._known,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any], device: torch.device) -> "EpochProgress":
        """Return what `state_dict` gave."""
        progress = cls(state["learning_rate"])
        progress.batches, progress.skipped = state["batches"], state["skipped"]
        progress._loss, progress._known = state["loss"], state["known"]
        if state["scored"] is not None:
            progress._parts.append(Predictions(**state["scored"]).to(device))
        return progress
