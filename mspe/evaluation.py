"""Scoring a checkpoint file on a split, beside a predictor that learned nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.common.files import read_tensors
from mspe.common.section import validate
from mspe.graphs import GraphLoader, GraphSchema, PackedGraphs
from mspe.models import load_model
from mspe.training import get_metrics
from mspe.training.device import Precision, get_device
from mspe.training.loops import Scored, predict_batches


@dataclass(frozen=True)
class Evaluation:
    """A split's predictions and targets [samples, outputs], in the target's own units, and their metrics."""

    metrics: dict[str, float]
    prediction: Tensor
    target: Tensor

    def table(self) -> dict[str, list[Any]]:
        """Columns `index`, `target`, `prediction`; numbered where there are several targets."""
        columns: dict[str, list[Any]] = {"index": list(range(len(self.target)))}
        for name, flat in (("target", self.target), ("prediction", self.prediction)):
            values = flat.reshape(len(flat), -1)
            several = values.size(1) > 1
            columns |= {f"{name}_{i}" if several else name: values[:, i].tolist() for i in range(values.size(1))}
        return columns


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
    metrics = scored.metrics(get_metrics(schema.task_type, num_classes=schema.num_classes))
    assert scored.target is not None, "metrics need a target"
    return Evaluation(metrics, scored.prediction, scored.target)


def median_baseline(
    train_target: Float[Tensor, "train outputs"], target: Float[Tensor, "samples outputs"]
) -> dict[str, float]:
    """Metrics of predicting the training median for every sample, the best constant under MAE.

    Examples
    --------
    >>> median_baseline(torch.tensor([[1.0], [2.0], [9.0]]), torch.tensor([[2.0], [4.0]]))["mae"]
    1.0
    """
    constant = train_target.nanmedian(dim=0).values.expand_as(target)
    return get_metrics("regression")(constant, target)
