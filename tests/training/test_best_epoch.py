"""Which epoch is the best."""

import math

from mspe.training.best_epoch import BestEpoch


def test_the_first_defined_value_is_the_best_and_ties_do_not_replace_it() -> None:
    for minimize, values in ((True, [math.nan, 2.0, 2.0, 3.0, 1.0]), (False, [math.nan, 2.0, 2.0, 1.0, 3.0])):
        best = BestEpoch()
        assert math.isnan(best.metric) and best.epoch == 0
        updates = [best.update(value, epoch, minimize) for epoch, value in enumerate(values, 1)]
        assert updates == [False, True, False, False, True]
        assert (best.metric, best.epoch) == (values[-1], 5)
