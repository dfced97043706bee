"""Means over seeds, against NumPy and tables of Student's t."""

import math

import numpy as np
import pytest

from mspe.pipeline.statistics import SeedStatistics, mean, statistics_over_seeds


@pytest.mark.parametrize("values", [[1.0, 2.0], [0.3, 0.1, 0.2, 0.9], [5.0] * 3])
def test_mean_and_deviation_are_the_samples(values: list[float]) -> None:
    found = statistics_over_seeds(values)
    assert found.mean == pytest.approx(np.mean(values)) and found.std == pytest.approx(np.std(values, ddof=1))


@pytest.mark.parametrize(("count", "quantile"), [(2, 12.706), (5, 2.776), (10, 2.262)])
def test_the_interval_is_students(count: int, quantile: float) -> None:
    values = list(range(count))
    low, high = statistics_over_seeds(values).interval
    assert (low + high) / 2 == pytest.approx(np.mean(values))
    assert (high - low) / 2 == pytest.approx(quantile * np.std(values, ddof=1) / math.sqrt(count), rel=1e-3)


def test_one_seed_has_no_spread_and_an_undefined_one_no_mean() -> None:
    assert statistics_over_seeds([0.5]) == SeedStatistics(0.5)
    assert statistics_over_seeds([0.5, None]) == statistics_over_seeds([]) == SeedStatistics()


def test_the_largest_numbers_have_a_mean() -> None:
    found = statistics_over_seeds([1.7e308, 1.7e308, -1.7e308])
    assert found.mean == pytest.approx(1.7e308 / 3) and found.interval == [-math.inf, math.inf]
    assert mean([1e308] * 3) == pytest.approx(1e308) and math.isnan(mean([math.inf, -math.inf]))
