"""Metrics by their names, beside scikit-learn and by hand."""

import warnings
from inspect import unwrap
from itertools import permutations

import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn_metrics

from mspe.common.errors import MspeError
from mspe.training import (
    get_metrics,
)

NAN = float("nan")


def test_regression_metrics_agree_with_scikit_learn() -> None:
    prediction, target = torch.randn(50, 2), torch.randn(50, 2)
    target[::7, 0] = NAN
    result = get_metrics("regression")(prediction, target)
    known = ~target[:, 0].isnan()
    first = sklearn_metrics.mean_absolute_error(target[known, 0], prediction[known, 0])
    second = sklearn_metrics.mean_absolute_error(target[:, 1], prediction[:, 1])
    assert (result["mae_0"], result["mae_1"]) == (pytest.approx(first), pytest.approx(second))
    assert result["mae"] == pytest.approx((first + second) / 2)
    assert result["rmse_1"] == pytest.approx(result["mse_1"] ** 0.5)
    medians = [
        sklearn_metrics.median_absolute_error(target[rows, column], prediction[rows, column])
        for column, rows in enumerate((known, slice(None)))
    ]
    assert [result["median_ae_0"], result["median_ae_1"]] == pytest.approx(medians)
    assert result["median_ae"] == pytest.approx(np.mean(medians))


@pytest.mark.parametrize(
    ("errors", "median"), [([5.0], 5.0), ([1.0, 4.0], 2.5), ([-3.0, 1.0, NAN, 2.0], 2.0), ([1, 2, -4, 900], 3.0)]
)
def test_the_median_error_of_an_even_number_is_between_the_two_middle_ones(errors: list[float], median: float) -> None:
    target = torch.tensor(errors)[:, None]
    assert get_metrics("regression")(torch.zeros_like(target), target)["median_ae"] == median


def test_classification_metrics_agree_with_scikit_learn() -> None:
    logits, label = torch.randn(60), torch.randint(0, 2, (60,))
    result = get_metrics("classification", num_classes=2)(logits[:, None], label)
    assert result["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(label, logits > 0))
    assert result["f1"] == pytest.approx(sklearn_metrics.f1_score(label, logits > 0))
    assert result["roc_auc"] == pytest.approx(sklearn_metrics.roc_auc_score(label, logits))
    assert result["ap"] == pytest.approx(sklearn_metrics.average_precision_score(label, logits))
    scores, classes = torch.randn(60, 4), torch.randint(0, 4, (60,))
    several = get_metrics("classification", num_classes=4)(scores, classes)
    expected = sklearn_metrics.roc_auc_score(classes, scores.double().softmax(1), multi_class="ovr")
    assert several["roc_auc"] == pytest.approx(expected)
    assert several["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(classes, scores.argmax(1)))


def test_a_metric_that_is_not_defined_is_nan() -> None:
    with pytest.warns(UserWarning, match="one class alone: roc_auc and ap are not defined on it"):
        result = get_metrics("classification", num_classes=2)(torch.randn(5, 1), torch.ones(5))
    assert np.isnan(result["roc_auc"]) and np.isnan(result["ap"]) and 0 <= result["accuracy"] <= 1
    assert np.isnan(get_metrics("regression")(torch.zeros(2, 1), torch.full((2, 1), NAN))["mae"])
    overflown = torch.tensor([[1.0, NAN], [0.0, 1.0]])
    assert np.isnan(get_metrics("regression")(overflown, torch.zeros(2, 2))["mae_1"])
    for task in ("classification", "edge_prediction"):
        assert np.isnan(get_metrics(task)(torch.tensor([torch.inf, 0.0]), torch.tensor([0.0, 1.0]))["roc_auc"])
    assert np.isnan(get_metrics("classification", num_classes=2)(overflown, torch.tensor([0, 1]))["accuracy"])


def test_many_labels_with_gaps_agree_with_scikit_learn() -> None:
    logits, label = torch.randn(80, 3), torch.randint(0, 2, (80, 3)).float()
    label[::5, 0] = label[1::7, 2] = NAN
    logits[:20] = logits[20:40]  # ties
    result = get_metrics("classification", num_classes=3)(logits, label)
    expected = []
    for column in range(3):
        known = ~label[:, column].isnan()
        expected.append(sklearn_metrics.average_precision_score(label[known, column], logits[known, column]))
    assert result["ap"] == pytest.approx(np.mean(expected))
    label[:, 1] = 1.0  # a class that never occurs leaves its column out of the mean
    with pytest.warns(UserWarning, match="one class alone"):
        result = get_metrics("classification", num_classes=3)(logits, label)
    assert result["ap"] == pytest.approx((expected[0] + expected[2]) / 2)


def test_precision_at_k_by_hand() -> None:
    scores, label = torch.tensor([0.9, 0.8, 0.7, 0.1]), torch.tensor([1, 0, 1, 1])
    assert get_metrics("edge_prediction", k=3)(scores, label)["precision@k"] == pytest.approx(2 / 3)
    assert get_metrics("edge_prediction")(scores, label)["precision@k"] == pytest.approx(3 / 4)


def test_mrr_and_hits_by_hand() -> None:
    scores = torch.tensor([0.9, 0.5, 0.5, 0.1, 0.7, 0.2])
    label = torch.tensor([0, 1, 0, 1, 1, 0])
    source = torch.tensor([3, 3, 3, 3, 8, 8])
    # node 3: 0.5 has one negative above and one equal, rank 2 or 3; 0.1 has two above, rank 3; node 8: rank 1
    result = get_metrics("edge_prediction", k=1)(scores, label, source)
    assert result["mrr"] == pytest.approx(((1 / 2 + 1 / 3) / 2 + 1 / 3 + 1) / 3)
    assert result["hits@k"] == 0  # the best negative, 0.9, is above all
    two = get_metrics("edge_prediction", k=2)(scores, label, source)
    assert two["mrr"] == pytest.approx(((1 / 2 + 1 / 3) / 2 + 1 / 3) / 2)  # node 8 has one negative alone
    assert two["hits@k"] == pytest.approx((0.5 + 0 + 1) / 3)  # above the second negative, 0.5, in half the orders
    alone = get_metrics("edge_prediction")(scores, label, torch.arange(6))
    assert "mrr" not in alone and "hits@k" not in alone  # no edge has a negative
    assert "mrr" not in get_metrics("edge_prediction")(scores, label)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_equal_scores_count_as_the_mean_over_their_orders(k: int) -> None:
    metrics = get_metrics("edge_prediction", k=k)
    scores = torch.tensor([2.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    label, source = torch.tensor([0, 1, 0, 0, 1, 1, 0]), torch.zeros(7)
    orders = [[0, *ones, *zeros] for ones in permutations(range(1, 5)) for zeros in permutations(range(5, 7))]
    untied = [scores + 0.01 * torch.tensor(order) for order in orders]
    expected = [metrics(one, label, source) for one in untied]
    result = metrics(scores, label, source)
    assert set(result) == {"roc_auc", "ap", "precision@k", "mrr", "hits@k"}
    for name in ("precision@k", "mrr", "hits@k"):
        assert result[name] == pytest.approx(np.mean([one[name] for one in expected]))
    shuffled = torch.randperm(7)
    assert metrics(scores[shuffled], label[shuffled], source) == result


def test_a_constant_score_finds_the_share_of_edges() -> None:
    label = torch.tensor([1.0] * 50 + [0.0] * 150)
    assert get_metrics("edge_prediction")(torch.zeros(200), label)["precision@k"] == 0.25


def test_hits_are_ogbs() -> None:
    scores, label = torch.randn(300), torch.rand(300) < 0.4
    least = scores[~label].topk(20).values[-1]  # as ogb.linkproppred.Evaluator counts them
    expected = (scores[label] > least).float().mean().item()
    assert get_metrics("edge_prediction", k=20)(scores, label)["hits@k"] == pytest.approx(expected)


def test_a_k_that_tells_little_is_flagged_once(caplog: pytest.LogCaptureFixture) -> None:
    scores, label = torch.randn(40), torch.arange(40) % 2
    get_metrics("edge_prediction", k=10)(scores, label)
    assert not caplog.records
    metrics = get_metrics("edge_prediction", k=19)
    metrics(scores, label)
    metrics(scores, label)
    assert caplog.messages == [caplog.messages[0]] and "k is 19, but only 20 candidates are no edges" in caplog.text
    with pytest.raises(MspeError, match="k: got 0, allowed: an integer of at least 1"):
        get_metrics("edge_prediction", k=0)


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_unknown_classes_are_left_out(outputs: int) -> None:
    metrics = get_metrics("classification")
    logits, label = torch.randn(60, outputs), torch.randint(0, max(2, outputs), (60,)).double()
    label[::4] = NAN
    known = ~label.isnan()
    assert metrics(logits, label) == metrics(logits[known], label[known].long())
    chosen = logits.argmax(1) if outputs > 1 else logits[:, 0] > 0
    expected = sklearn_metrics.accuracy_score(label[known], chosen[known])
    assert metrics(logits, label)["accuracy"] == pytest.approx(expected)


def test_unknown_edges_are_left_out() -> None:
    metrics = get_metrics("edge_prediction", k=2)
    scores, label, source = torch.randn(60), torch.randint(0, 2, (60,)).float(), torch.arange(60) // 20
    label[::4] = NAN
    known = ~label.isnan()
    assert metrics(scores, label, source) == metrics(scores[known], label[known], source[known])


@pytest.mark.parametrize("task", ["regression", "classification", "edge_prediction"])
@pytest.mark.parametrize("shape", [(0,), (0, 1), (0, 3)])
def test_of_no_sample_every_metric_is_undefined(task: str, shape: tuple[int, ...]) -> None:
    with warnings.catch_warnings(action="ignore"):
        scores = get_metrics(task)(torch.empty(shape), torch.empty(shape))
    assert scores and all(np.isnan(value) for value in scores.values())


@pytest.mark.parametrize(("task", "outputs"), [("regression", 1), ("classification", 3), ("edge_prediction", 1)])
def test_predictions_may_have_gradients(task: str, outputs: int) -> None:
    prediction, target = torch.randn(8, outputs), torch.arange(8) % 2
    metrics = unwrap(get_metrics)(task, k=np.int64(2))
    assert metrics(prediction.clone().requires_grad_(), target) == metrics(prediction, target)


def test_every_candidate_has_a_source() -> None:
    metrics, scores, label = get_metrics("edge_prediction", k=1), torch.randn(6), torch.arange(6) % 2
    assert metrics(scores, label, torch.zeros(6, 1)) == metrics(scores, label, torch.zeros(6))
    with pytest.raises(MspeError, match=r"source has shape \[5\] for 6 candidates, allowed: one each"):
        metrics(scores, label, torch.zeros(5))
