"""The number of classes that a loss or metrics are asked for."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks.metrics import accept_source
from mspe.training import get_loss_fn, get_metrics


@pytest.mark.parametrize("get", [get_loss_fn, get_metrics])
@pytest.mark.parametrize("number", [0, -1, True])
def test_a_number_of_classes_is_a_positive_integer(get: Callable[..., Any], number: object) -> None:
    with pytest.raises(MspeError, match=r"num_classes: got .*, allowed: an integer of at least 1"):
        get("classification", num_classes=number)


@pytest.mark.parametrize(
    ("task", "loss", "number", "shape"),
    [
        ("classification", "cross_entropy", 10, (4, 2)),
        ("classification", "cross_entropy", 2, (4, 3)),
        ("classification", "bce_logits", 3, (4, 1)),
        ("regression", "mse", 2, (4, 1)),
        ("edge_prediction", "bce_logits", 3, (4,)),
    ],
)
def test_other_outputs_than_classes_are_refused(task: str, loss: str, number: int, shape: tuple[int, ...]) -> None:
    functions: list[Callable[..., Any]] = [
        get_loss_fn(task, loss_type=loss, num_classes=number),
        get_metrics(task, num_classes=number, k=1),
    ]
    for function in functions:
        with pytest.raises(MspeError, match=rf"num_classes: got {number}, but the prediction has shape \[4"):
            function(torch.zeros(shape), torch.zeros(4))


def test_as_many_outputs_as_classes_are_taken() -> None:
    logits, label = torch.randn(8, 2), torch.arange(8) % 2
    for outputs in (logits, logits[:, :1]):
        assert get_metrics("classification", num_classes=2)(outputs, label) == get_metrics("classification")(
            outputs, label
        )
    assert get_loss_fn("classification", num_classes=2)(logits, label) == get_loss_fn("classification")(logits, label)
    scores, source = logits[:, 0], torch.zeros(8)
    pairs = get_metrics("edge_prediction", num_classes=1, k=1)
    assert accept_source(pairs)(scores, label, source) == get_metrics("edge_prediction", k=1)(scores, label, source)
