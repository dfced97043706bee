"""Optimizers by name."""

import pytest
from torch import nn

from mspe.common.errors import MspeError
from mspe.training import (
    get_optimizer,
)


def test_optimizers_by_name_and_decay() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    for name in ("adam", "adamw", "sgd"):
        assert type(get_optimizer(model, name)).__name__.lower() == name
    groups = get_optimizer(model, weight_decay=0.1).param_groups
    assert [(len(group["params"]), group["weight_decay"]) for group in groups] == [(4, 0.1)]
    with pytest.raises(MspeError, match="unknown optimizer 'lion'; known: adam, adamw, sgd"):
        get_optimizer(model, "lion")
