"""Edges: their table, counts and baselines."""

import networkx as nx
import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn_metrics

from mspe.dataset import get_dataset
from mspe.tasks import EdgePrediction


def test_edge_baselines_are_networkxs() -> None:
    dataset = get_dataset("lesmiserables")
    result = EdgePrediction().baselines(dataset.train, dataset.test, num_classes=1)
    test = dataset.test[0]
    network = nx.Graph(test.edge_index.T.tolist())
    network.add_nodes_from(range(77))
    pairs = test.edge_label_index.T.tolist()
    common = [len(list(nx.common_neighbors(network, a, b))) for a, b in pairs]
    product = [score for _, _, score in nx.preferential_attachment(network, pairs)]
    for name, score in (("common_neighbours", common), ("degree", product)):
        label = test.edge_label.numpy()
        assert result[name]["roc_auc"] == pytest.approx(sklearn_metrics.roc_auc_score(label, score))
        assert result[name]["ap"] == pytest.approx(sklearn_metrics.average_precision_score(label, np.array(score)))


def test_an_edge_is_predicted_by_its_probability() -> None:
    table = EdgePrediction().table(torch.tensor([[0.0], [2.0]]), torch.tensor([1.0, 0.0]))
    assert table == {"index": [0, 1], "target": [1.0, 0.0], "prediction": [0.5, pytest.approx(0.8808, abs=1e-4)]}


def test_edges_and_pairs_that_are_none_are_counted_and_one_logit_tells_them_apart() -> None:
    dataset = get_dataset("lesmiserables")
    splits = {"test": dataset.test}
    edge = EdgePrediction()
    half = dataset.test.fields["edge_label"].numel() // 2
    assert edge.class_counts(splits, 1) == {"test": (half, half)}
    assert edge.label_counts(splits, 1) == {"test": (2 * half, 2 * half)}
    assert edge.count_classes(splits, ("no edge", "edge")) == edge.num_outputs(1, None, "toy") == 1
    assert edge.check_targets(dataset.train, ()) == [] and edge.target_fields == {}
