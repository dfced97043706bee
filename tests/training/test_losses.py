"""Losses by the names of the specification are those of the tasks; their values are tested there."""

import pytest

from mspe.common.errors import MspeError
from mspe.tasks import get_task
from mspe.training import get_loss_fn

TYPES = ("regression", "classification", "edge_prediction")


@pytest.mark.parametrize("task_type", TYPES)
def test_every_loss_of_a_task_is_given_by_its_name_and_the_first_without(task_type: str) -> None:
    losses = get_task(task_type).losses
    assert [get_loss_fn(task_type, name) for name in losses] == list(losses.values())
    assert get_loss_fn(task_type) is next(iter(losses.values()))


@pytest.mark.parametrize(
    ("task_type", "loss", "message"),
    [
        ("regresion", None, "unknown task type 'regresion'; did you mean 'regression'"),
        ("regression", "cross_entropy", "unknown regression loss 'cross_entropy'; known: huber, mae, mse"),
        ("edge_prediction", "mse", "unknown edge_prediction loss 'mse'; known: bce_logits"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(task_type: str, loss: str | None, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        get_loss_fn(task_type, loss)
