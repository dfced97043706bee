"""What an epoch of training has seen so far."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch

from mspe.training.loops import batch_target, count_targets, edge_sources
from mspe.training.metrics import Metrics, score


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
        self._nodes = 0
        self._predictions: list[Tensor] = []
        self._targets: list[Tensor] = []
        self._sources: list[Tensor] = []

    def add(self, batch: Batch, prediction: Tensor, loss: float) -> None:
        """Take a batch that has been trained on."""
        known = count_targets(batch)
        self.batches += 1
        self._loss += loss * known
        self._known += known
        self._predictions.append(prediction)
        self._targets.append(batch_target(batch))
        self._sources.append(edge_sources(batch) + self._nodes)
        self._nodes += batch.num_nodes

    def skip(self) -> None:
        """Count a batch that is left out."""
        self.batches += 1
        self.skipped += 1

    def scores(self, metrics: Metrics) -> dict[str, float]:
        """`loss`, the mean over the targets, and every metric of the predictions made while training."""
        if not self._predictions:
            return {"loss": float("nan")}
        prediction, target = torch.cat(self._predictions).cpu(), torch.cat(self._targets).cpu()
        result = score(metrics, prediction, target, torch.cat(self._sources).cpu())
        return {"loss": self._loss / max(1, self._known), **result}

    def state_dict(self) -> dict[str, Any]:
        """Everything, as plain values and tensors on the CPU."""
        lists = {"predictions": self._predictions, "targets": self._targets, "sources": self._sources}
        return {
            **{name: torch.cat(parts).cpu() if parts else None for name, parts in lists.items()},
            "learning_rate": self.learning_rate,
            "batches": self.batches,
            "skipped": self.skipped,
            "loss": self._loss,
            "known": self._known,
            "nodes": self._nodes,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any], device: torch.device) -> "EpochProgress":
        """Go on from `state_dict`."""
        progress = cls(state["learning_rate"])
        progress.batches, progress.skipped = state["batches"], state["skipped"]
        progress._loss, progress._known, progress._nodes = state["loss"], state["known"], state["nodes"]
        for name in ("predictions", "targets", "sources"):
            if state[name] is not None:
                getattr(progress, f"_{name}").append(state[name].to(device))
        return progress
