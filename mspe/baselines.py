"""Predictors that learned nothing but a training split's averages, or nothing at all: what a model has to beat."""

import numpy as np
import torch
from jaxtyping import Float, Shaped
from scipy.sparse import csr_array
from torch import Tensor

from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.packing import LINKS
from mspe.training import get_metrics
from mspe.training.metrics import EdgeMetrics


def baseline_metrics(schema: GraphSchema, train: PackedGraphs, graphs: PackedGraphs) -> dict[str, dict[str, float]]:
    """Score the trivial predictors of a task.

    Parameters
    ----------
    schema
        Of the dataset.
    train
        The training split.
    graphs
        What to score.

    Returns
    -------
    dict
        By name, the task's metrics. Regression: `median`, the training median for every sample, the best constant
        under MAE. Classification: `majority`, how often each class, or each label, is seen in training. Edge
        prediction: `common_neighbours` of the two nodes, and `degree`, the product of their degrees, both counted in
        the graph that a model sees (Liben-Nowell and Kleinberg 2003).
    """
    if schema.task_type == "edge_prediction":
        return _link_baselines(graphs)
    learned, target = train.fields["y"], graphs.fields["y"]
    metrics = get_metrics(schema.task_type, num_classes=schema.num_classes)
    if schema.task_type == "regression":
        return {"median": metrics(training_median(learned, len(target)), target)}
    return {"majority": metrics(training_frequencies(learned, len(target), schema), target)}


def training_median(train_target: Float[Tensor, "train outputs"], samples: int) -> Float[Tensor, "samples outputs"]:
    """The median of each target, for every sample.

    Examples
    --------
    >>> training_median(torch.tensor([[1.0], [2.0], [9.0]]), samples=2).tolist()
    [[2.0], [2.0]]
    """
    return train_target.nanmedian(dim=0).values.expand(samples, -1)


def training_frequencies(
    train_target: Shaped[Tensor, "train outputs"], samples: int, schema: GraphSchema
) -> Float[Tensor, "samples classes"]:
    """Logits of how often each class, or each of several labels, is seen in training, for every sample."""
    if schema.single_label:
        counts = torch.bincount(train_target.flatten(), minlength=schema.num_classes)
        return (counts + 0.5).log().expand(samples, -1)
    share = train_target.nanmean(dim=0).clamp(1e-6, 1 - 1e-6)
    return share.logit().expand(samples, -1)


def _link_baselines(graphs: PackedGraphs) -> dict[str, dict[str, float]]:
    batch = graphs.collate(range(len(graphs)))
    size = batch.batch.numel()
    source, target = batch.edge_index.numpy()
    adjacency = csr_array((np.ones(source.size), (source, target)), shape=(size, size))
    first, second = batch[LINKS].numpy()
    degree = adjacency.sum(axis=1)
    scores = {
        "common_neighbours": adjacency[first].multiply(adjacency[second]).sum(axis=1),
        "degree": degree[first] * degree[second],
    }
    metrics = get_metrics("edge_prediction")
    assert isinstance(metrics, EdgeMetrics)
    return {
        name: metrics(torch.from_numpy(np.asarray(score)), batch.edge_label, batch[LINKS][0])
        for name, score in scores.items()
    }
