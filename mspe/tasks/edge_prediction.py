"""Edge prediction: whether two nodes are joined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from scipy.sparse import csr_array

from mspe.graphs import PackedGraphs, TargetLevel
from mspe.graphs.packing import EDGE_LABEL_INDEX
from mspe.tasks.classification import MultiLabel, count_labels
from mspe.tasks.losses import LossFunction, bce_logits
from mspe.tasks.metrics import EdgeMetrics, Metrics
from mspe.tasks.task import Task


@dataclass(frozen=True)
class EdgePrediction(MultiLabel):
    """Pairs of nodes of one graph, named in `edge_label_index`: a logit per pair, `edge_label` 1 for an edge."""

    level: TargetLevel = "edge"
    metric: str = "roc_auc"

    name = "edge_prediction"
    type = "edge_prediction"
    sign = "one graph without targets"
    losses: ClassVar[Mapping[str, LossFunction]] = {"bce_logits": bce_logits}
    metrics: ClassVar[Mapping[str, bool]] = dict.fromkeys(("roc_auc", "ap", "precision@k", "mrr", "hits@k"), False)
    partial_metrics: ClassVar[frozenset[str]] = frozenset({"mrr", "hits@k"})

    accepts = Task.accepts
    num_outputs = Task.num_outputs
    label_counts = Task.label_counts

    @property
    def target_fields(self) -> dict[str, TargetLevel]:
        """Return nothing: packed graphs know the fields of edges to be scored."""
        return {}

    def scorer(self, k: int = 100) -> Metrics:
        """Return roc_auc, ap, precision@k, hits@k and, where the source nodes are given, mrr."""
        return EdgeMetrics(k)

    def baselines(self, train: PackedGraphs, graphs: PackedGraphs, num_classes: int) -> dict[str, dict[str, float]]:
        """Score `common_neighbours` of the two nodes, and `degree`, the product of their degrees.

        Both are counted in the graph that a model sees (Liben-Nowell and Kleinberg 2003).
        """
        batch = graphs.collate(range(len(graphs)))
        size = batch.batch.numel()
        source, target = batch.edge_index.numpy()
        adjacency = csr_array((np.ones(source.size), (source, target)), shape=(size, size))
        first, second = batch[EDGE_LABEL_INDEX].numpy()
        degree = adjacency.sum(axis=1)
        scores = {
            "common_neighbours": adjacency[first].multiply(adjacency[second]).sum(axis=1),
            "degree": degree[first] * degree[second],
        }
        metrics = self.scorer()
        return {
            name: metrics(torch.from_numpy(np.asarray(score)), batch.edge_label, batch[EDGE_LABEL_INDEX][0])
            for name, score in scores.items()
        }

    def count_classes(self, splits: Mapping[str, PackedGraphs], classes: Sequence[str]) -> int:
        """Return 1: a logit per pair."""
        return 1

    def class_counts(self, splits: Mapping[str, PackedGraphs], num_classes: int) -> dict[str, tuple[int, ...]]:
        """Return the number of negative edges, and of edges."""
        return {split: count_labels(graphs.fields["edge_label"].long(), 2) for split, graphs in splits.items()}

    def find_undefined(self, graphs: PackedGraphs, classes: Sequence[str]) -> str | None:
        """Return None: there are as many negative edges as edges."""
        return None

    def check_targets(self, train: PackedGraphs, classes: Sequence[str], one_value: bool = False) -> list[str]:
        """Return nothing: supervision edges and negative edges are of equal number."""
        return []
