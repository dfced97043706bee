"""Trivial predictors, against closed forms and an independent implementation."""

import networkx as nx
import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn_metrics
from torch_geometric.data import Data

from mspe.dataset import get_dataset
from mspe.graphs import PackedGraphs
from mspe.tasks import EdgePrediction, MultiLabel, Regression, SingleLabel
from tests.conftest import cycle


def packed(targets: torch.Tensor) -> PackedGraphs:
    return PackedGraphs.from_list([Data(y=row[None], **cycle(3).to_dict()) for row in targets], {"y": "graph"})


def test_the_median_is_of_the_training_split_and_ignores_what_is_unknown() -> None:
    train = packed(torch.tensor([[1.0, torch.nan], [2.0, 5.0], [9.0, 7.0], [2.0, 6.0]]))
    result = Regression().baselines(train, packed(torch.tensor([[4.0, 6.0], [0.0, torch.nan]])), num_classes=2)
    assert set(result) == {"median"}
    assert result["median"]["mae_0"] == 2.0 and result["median"]["mae_1"] == 0.0


def test_the_majority_has_the_accuracy_of_the_largest_class() -> None:
    train, test = packed(torch.tensor([[0], [2], [2], [1]])), packed(torch.tensor([[2], [2], [0], [1], [2]]))
    scores = SingleLabel().baselines(train, test, num_classes=3)["majority"]
    assert scores["accuracy"] == 0.6 and scores["weighted_accuracy"] == pytest.approx(1 / 3)
    assert scores["roc_auc"] == 0.5


def test_labels_are_predicted_by_their_prevalence() -> None:
    train = packed(torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]]))
    test = packed(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))
    scores = MultiLabel().baselines(train, test, num_classes=2)["majority"]
    assert scores["accuracy"] == pytest.approx(2 / 3) and scores["ap"] == pytest.approx((2 / 3 + 1 / 3) / 2)


def test_link_baselines_are_networkxs() -> None:
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
