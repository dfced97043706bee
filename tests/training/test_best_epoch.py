"""Which epoch is the best."""

import math

import pytest

from mspe.training.best_epoch import BestEpoch


def test_the_first_defined_value_is_the_best_and_ties_do_not_replace_it() -> None:
    for minimize, values in ((True, [math.nan, 2.0, 2.0, 3.0, 1.0]), (False, [math.nan, 2.0, 2.0, 1.0, 3.0])):
        best = BestEpoch()
        best.follow("any", minimize)
        assert math.isnan(best.metric) and best.epoch == 0
        waited = []
        updates = []
        for epoch, value in enumerate(values, 1):
            updates.append(best.update(value, epoch))
            waited.append(best.waited)
        assert updates == [False, True, False, False, True]
        assert waited == [1, 0, 1, 2, 0]
        assert (best.metric, best.epoch) == (values[-1], 5)


@pytest.mark.parametrize(("name", "minimize"), [("accuracy", False), ("loss", False), ("mae", True)])
def test_another_metric_or_direction_begins_anew(name: str, minimize: bool, caplog: pytest.LogCaptureFixture) -> None:
    best = BestEpoch()
    best.follow("loss", minimize=True)
    best.update(0.5, 1)
    best.update(0.6, 2)
    best.follow("loss", minimize=True)
    assert (best.metric, best.epoch, best.waited) == (0.5, 1, 1) and not caplog.text
    best.follow(name, minimize)
    assert math.isnan(best.metric) and (best.epoch, best.waited) == (0, 0)
    assert f"chosen by val {name}, anew; val loss was 0.5 (epoch 1)" in caplog.text


def test_a_checkpoint_holds_what_was_followed() -> None:
    best, again = BestEpoch(), BestEpoch()
    best.follow("mae", minimize=True)
    best.update(0.5, 1)
    best.update(0.6, 2)
    again.load({"epoch": 2, "best_metric": 0.5, "best_epoch": 1, "best": best.state_dict()})
    assert (again.name, again.minimize, again.metric, again.epoch, again.waited) == ("mae", True, 0.5, 1, 1)
    again.load({"epoch": 7, "best_metric": 0.5, "best_epoch": 4})  # written before it held more
    assert (again.name, again.metric, again.epoch, again.waited) == (None, 0.5, 4, 3)
