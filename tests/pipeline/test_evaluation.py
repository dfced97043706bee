"""The table of predictions that evaluation writes."""

import torch

from mspe.pipeline.evaluation import Evaluation
from mspe.tasks import EdgePrediction, Regression, SingleLabel


def test_a_class_is_named_by_its_number_and_its_probability() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0], [3.0, 0.0, 0.0]])
    table = Evaluation({}, logits, torch.tensor([[1], [2]]), SingleLabel()).table()
    assert (table["index"], table["target"], table["prediction"]) == ([0, 1], [1, 2], [1, 0])
    torch.testing.assert_close(torch.tensor(table["probability"]), logits.softmax(dim=1).max(dim=1).values)


def test_one_logit_is_two_classes() -> None:
    table = Evaluation({}, torch.tensor([[2.0], [-1.0]]), torch.tensor([[1], [1]]), SingleLabel()).table()
    assert table["prediction"] == [1, 0]
    torch.testing.assert_close(torch.tensor(table["probability"]), torch.sigmoid(torch.tensor([2.0, 1.0])))


def test_several_outputs_are_a_row_each() -> None:
    prediction, target = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.5, 2.5], [3.5, 4.5]])
    table = Evaluation({}, prediction, target, Regression()).table()
    assert table == {
        "index": [0, 0, 1, 1],
        "output": [0, 1, 0, 1],
        "target": [1.5, 2.5, 3.5, 4.5],
        "prediction": [1.0, 2.0, 3.0, 4.0],
    }


def test_an_edge_has_a_probability() -> None:
    table = Evaluation({}, torch.tensor([[0.0]]), torch.tensor([1.0]), EdgePrediction()).table()
    assert table == {"index": [0], "target": [1.0], "prediction": [0.5]}
