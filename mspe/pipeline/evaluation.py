"""Scoring a checkpoint file on a split."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mspe.common.files import read_tensors
from mspe.common.section import validate
from mspe.graphs import GraphLoader, GraphSchema, PackedGraphs
from mspe.models import load_model
from mspe.tasks import Task, task_of
from mspe.training.device import Precision, get_device
from mspe.training.loops import Scored, predict_batches


@dataclass(frozen=True)
class Evaluation:
    """A split's predictions and targets [samples, outputs], in the target's own units, and their metrics."""

    metrics: dict[str, float]
    prediction: Tensor
    target: Tensor
    task: Task

    def table(self) -> dict[str, list[Any]]:
        """Return columns `index`, `target` and `prediction`, and what explains them, as the task has them."""
        return self.task.table(self.prediction, self.target)


def evaluate_checkpoint(
    path: str | Path, graphs: PackedGraphs, device: str | torch.device = "auto", batch_size: int = 64
) -> Evaluation:
    """Score a checkpoint that the train stage wrote.

    Parameters
    ----------
    path
        The checkpoint; it carries the model's arguments and the dataset's schema.
    graphs
        What to score it on; encodings that they do not carry are computed.
    device, batch_size
        How to run.

    Raises
    ------
    MspeError
        If the file is missing, damaged, or not the pipeline's.
    """
    device = get_device(device)
    model = load_model(path).to(device)
    schema = validate(GraphSchema, read_tensors(path)["metadata"]["schema"], str(path))
    batches = predict_batches(model, GraphLoader(graphs, batch_size), device, Precision(False, device))
    scored = Scored.joined(batches)
    task = task_of(schema)
    metrics = scored.metrics(task.scorer())
    assert scored.target is not None, "metrics need a target"
    return Evaluation(metrics, scored.prediction, scored.target, task)
