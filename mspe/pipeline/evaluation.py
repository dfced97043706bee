"""Scoring a checkpoint file on a split."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.common.files import read_tensors
from mspe.common.section import validate
from mspe.graphs import GraphLoader, GraphSchema, PackedGraphs, TaskType
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
    task_type: TaskType
    single_label: bool
    """Whether a sample has one class of several."""

    def table(self) -> dict[str, list[Any]]:
        """Columns `index`, `target` and `prediction`, a row a sample and, of several outputs, a row each.

        A class is predicted by its number, beside the `probability` given to it; labels and edges by a probability.
        """
        if self.single_label:
            probability = class_probabilities(self.prediction).max(dim=1)
            columns = {
                "target": self.target.flatten().tolist(),
                "prediction": probability.indices.tolist(),
                "probability": probability.values.tolist(),
            }
            return {"index": list(range(len(self.target))), **columns}
        samples, outputs = self.target.reshape(len(self.target), -1).shape
        prediction = self.prediction if self.task_type == "regression" else torch.sigmoid(self.prediction)
        columns = {"index": torch.arange(samples).repeat_interleave(outputs).tolist()}
        if outputs > 1:
            columns["output"] = torch.arange(outputs).repeat(samples).tolist()
        return {**columns, "target": self.target.flatten().tolist(), "prediction": prediction.flatten().tolist()}


def class_probabilities(logits: Float[Tensor, "samples outputs"]) -> Float[Tensor, "samples classes"]:
    """From a logit a class, or from one logit of the second of two classes.

    Examples
    --------
    >>> class_probabilities(torch.tensor([[0.0]])).tolist()
    [[0.5, 0.5]]
    """
    both = torch.cat([torch.zeros_like(logits), logits], dim=1) if logits.size(1) == 1 else logits
    return torch.softmax(both, dim=1)


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
    return Evaluation(metrics, scored.prediction, scored.target, schema.task_type, schema.single_label)
