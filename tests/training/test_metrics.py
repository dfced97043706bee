"""Metrics by the names of the specification are those of the tasks; their values are tested there."""

from typing import Any

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks import get_task
from mspe.training import get_metrics

TYPES = ("regression", "classification", "edge_prediction")


@pytest.mark.parametrize("task_type", TYPES)
def test_the_metrics_are_those_that_the_task_names_and_scores(task_type: str) -> None:
    generator = torch.Generator().manual_seed(0)
    prediction, target = torch.randn(8, generator=generator), torch.arange(8.0) % 2
    given, expected = get_metrics(task_type, k=2)(prediction, target), get_task(task_type).scorer(2)(prediction, target)
    assert given == expected and set(given) <= set(get_task(task_type).metrics)


def test_k_is_that_of_the_ranking_metrics() -> None:
    prediction, target = torch.tensor([4.0, 3.0, 2.0, 1.0]), torch.tensor([1.0, 0.0, 0.0, 1.0])
    assert [get_metrics("edge_prediction", k=k)(prediction, target)["precision@k"] for k in (1, 2, 4)] == [1, 0.5, 0.5]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task_type": "ranking"}, "unknown task type 'ranking'"),
        ({"task_type": "edge_prediction", "k": 0}, "k: got 0"),
    ],
)
def test_what_is_unknown_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        get_metrics(**arguments)
