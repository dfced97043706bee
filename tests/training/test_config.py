"""The section `training`: its ranges, and what its keys ask of each other."""

from typing import Any

import pytest

from mspe.common.errors import MspeError
from mspe.common.section import validate
from mspe.training import TrainingParams


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": 0}, "epochs"),
        ({"grad_clip": 0.0}, "grad_clip"),
        ({"early_stopping": 0}, "early_stopping"),
        ({"ema": 0.0}, r"ema: got 0\.0, input should be greater than 0"),
        ({"ema": 1.0}, r"ema: got 1\.0, input should be less than 1"),
        ({"loss": "mce"}, "loss.*allowed: null or one of"),
        ({"metric_for_best": "speed"}, "metric_for_best.*allowed: null or one of loss"),
        ({"optimizer": {"lr": -1.0}}, r"optimizer\.lr"),
        ({"optimizer": {"type": "lion"}}, r"optimizer\.type"),
        ({"epochs": 5, "scheduler": {"warmup_epochs": 5}}, "scheduler.warmup_epochs is 5, allowed: less than"),
        ({"scheduler": {"type": "plateau", "interval": "step"}}, "scheduler.interval is step, allowed: epoch"),
        ({"schedule": {}}, "schedule"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_path(given: dict[str, Any], message: str) -> None:
    with pytest.raises(MspeError, match=rf"training.*{message}"):
        validate(TrainingParams, given, "training")


def test_a_warmup_that_is_not_given_fits_any_run() -> None:
    for epochs in (1, 2, 5, 100):
        assert validate(TrainingParams, {"epochs": epochs}, "training").scheduler.warmup_epochs is None


def test_keys_of_another_type_are_accepted() -> None:
    given = {"epochs": 2, "scheduler": {"type": "step", "warmup_epochs": 9}, "optimizer": {"type": "adam"}}
    assert validate(TrainingParams, given, "training").scheduler.step_size == 30
