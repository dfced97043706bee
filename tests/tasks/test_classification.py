"""One class per sample, and labels that may hold at once."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks import MultiLabel, SingleLabel
from tests.tasks.fixtures import packed

NAN = float("nan")


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


def test_a_class_is_predicted_by_its_number_and_named_for_new_samples() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0], [3.0, 0.0, 0.0]])
    table = SingleLabel().table(logits, torch.tensor([[1], [2]]))
    assert (table["index"], table["target"], table["prediction"]) == ([0, 1], [1, 2], [1, 0])
    torch.testing.assert_close(torch.tensor(table["probability"]), logits.softmax(dim=1).max(dim=1).values)
    columns = SingleLabel().columns(logits, ("low", "middle", "high"))
    assert columns["prediction"] == ["middle", "low"] and columns["probability"] == table["probability"]


def test_one_logit_is_two_classes() -> None:
    table = SingleLabel().table(torch.tensor([[2.0], [-1.0]]), torch.tensor([[1], [1]]))
    assert table["prediction"] == [1, 0]
    torch.testing.assert_close(torch.tensor(table["probability"]), torch.sigmoid(torch.tensor([2.0, 1.0])))


def test_probabilities_sum_to_one_over_classes_and_not_over_labels() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0]])
    assert SingleLabel().probabilities(logits).sum().item() == pytest.approx(1)
    assert torch.equal(MultiLabel().probabilities(logits), torch.sigmoid(logits))
    assert torch.equal(SingleLabel().probabilities(logits[:, :1]), torch.sigmoid(logits[:, :1]))


def test_an_error_is_a_wrong_class_or_a_label_on_the_wrong_side_of_one_half() -> None:
    assert SingleLabel().sample_errors(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0])).tolist() == [0.0, 1.0]
    assert MultiLabel().sample_errors(torch.tensor([1.0, 0.0]), torch.tensor([0.4, 0.2])).tolist() == [1.0, 0.0]


def test_classes_are_counted_by_split_and_labels_where_they_are_known() -> None:
    splits = {"train": packed(torch.tensor([[0], [2], [2]])), "val": packed(torch.tensor([[3]]))}
    single = SingleLabel()
    assert single.count_classes(splits, ()) == 4 and single.count_classes(splits, tuple("abcde")) == 5
    assert single.class_counts(splits, 4) == {"train": (1, 0, 2, 0), "val": (0, 0, 0, 1)}
    assert single.label_counts(splits, 4) == {"train": (3,) * 4, "val": (1,) * 4}
    assert single.labels(splits["train"].fields["y"]) == [0, 2, 2]
    assert single.labels(torch.tensor([[0.0], [NAN]])) is None
    labels = {"train": packed(torch.tensor([[1.0, NAN], [1.0, 0.0]]))}
    assert MultiLabel().class_counts(labels, 2) == {"train": (2, 0)}
    assert MultiLabel().label_counts(labels, 2) == {"train": (2, 1)}
    assert MultiLabel().labels(labels["train"].fields["y"]) is None


def test_a_sample_of_no_class_counts_for_nothing() -> None:
    targets = torch.tensor([[0.0], [NAN], [1.0]])
    task, splits = SingleLabel(), {"train": packed(targets)}
    assert task.count_classes(splits, ()) == 2 and task.class_counts(splits, 2) == {"train": (1, 1)}
    table = task.table(torch.zeros(3, 2), targets)
    assert table["target"][::2] == [0, 1] and table["target"][1] != table["target"][1]
    assert task.baselines(splits["train"], splits["train"], 2)["majority"]["accuracy"] == 0.5
    assert task.labels(targets) is None
    loss = task.losses["cross_entropy"]
    assert torch.equal(loss(torch.eye(3, 2), targets), loss(torch.eye(3, 2)[[0, 2]], targets[[0, 2]]))


@pytest.mark.parametrize("metric", ["roc_auc", "ap"])
def test_a_metric_that_compares_classes_needs_two(metric: str) -> None:
    single = SingleLabel(metric=metric)
    assert single.find_undefined(packed(torch.tensor([[0], [1]])), ("no", "yes")) is None
    alone = packed(torch.tensor([[0], [0]]))
    assert single.find_undefined(alone, ("no", "yes")) == "2 samples of class 'no' and of no other"
    assert SingleLabel().find_undefined(alone, ()) is None
    several = MultiLabel(metric=metric)
    assert several.find_undefined(packed(torch.tensor([[0.0, 1.0], [NAN, 0.0]])), ()) is None
    assert "no label that is 1 in some" in str(
        several.find_undefined(packed(torch.tensor([[0.0, 1.0], [0.0, NAN]])), ())
    )


def test_a_loss_that_does_not_fit_the_classes_is_refused() -> None:
    assert SingleLabel().num_outputs(2, "bce_logits", "toy") == 1
    assert SingleLabel().num_outputs(3, None, "toy") == 3
    with pytest.raises(MspeError, match="allowed for toy, one of 3 classes per sample: cross_entropy"):
        SingleLabel().num_outputs(3, "bce_logits", "toy")
    assert MultiLabel().num_outputs(3, None, "toy") == 3
    with pytest.raises(MspeError, match="got 'cross_entropy', allowed for toy, of labels that may hold at once"):
        MultiLabel().num_outputs(3, "cross_entropy", "toy")
