"""Optimizers by name."""

from inspect import unwrap  # off the check of types while tests run
from typing import Any

import pytest
from torch import nn

from mspe.common.errors import MspeError
from mspe.training import OptimizerParams, SchedulerParams, get_optimizer


def test_optimizers_by_name_and_decay() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    for name in ("adam", "adamw", "sgd"):
        assert type(get_optimizer(model, name)).__name__.lower() == name
    groups = get_optimizer(model, weight_decay=0.1).param_groups
    assert [(len(group["params"]), group["weight_decay"]) for group in groups] == [(4, 0.1)]
    with pytest.raises(MspeError, match="unknown optimizer 'lion'; known: adam, adamw, sgd"):
        get_optimizer(model, "lion")


def test_defaults_are_those_that_the_specification_prints() -> None:
    (group,) = get_optimizer(nn.Linear(1, 1)).param_groups
    assert (group["lr"], group["weight_decay"]) == (1e-4, 0.01)
    assert (OptimizerParams().lr, OptimizerParams().weight_decay, SchedulerParams().min_lr) == (1e-4, 0.01, 1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -1.0}, "lr: got -1.0, allowed: a number of at least 0"),
        ({"lr": float("nan")}, "lr: got nan"),
        ({"lr": "1e-3"}, "lr: got '1e-3'"),
        ({"weight_decay": -0.1}, "weight_decay: got -0.1"),
        ({"optimizer_type": "sgd", "momentum": -0.1}, "momentum: got -0.1"),
    ],
)
def test_an_option_out_of_its_range_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        unwrap(get_optimizer)(nn.Linear(1, 1), **options)


def test_a_model_that_cannot_be_trained_is_refused() -> None:
    with pytest.raises(MspeError, match="model: it has no trainable parameter"):
        get_optimizer(nn.Linear(1, 1).requires_grad_(False))
    with pytest.raises(MspeError, match="model: got a list, allowed: a module of torch"):
        unwrap(get_optimizer)([])  # type: ignore[arg-type]
