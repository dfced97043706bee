"""The mean of one number per seed, and how far it can be trusted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

CONFIDENCE = 0.95


@dataclass(frozen=True)
class SeedStatistics:
    """Statistics of one number per seed.

    Attributes
    ----------
    mean
        None where some seed has no value.
    std
        The sample standard deviation (ddof 1); None with one seed.
    interval
        The 95 % t interval of the mean; None with one seed.
    """

    mean: float | None = None
    std: float | None = None
    interval: list[float] | None = None


def mean(values: Sequence[float]) -> float:
    """The mean of at least one number, also where their sum is beyond the largest one.

    Examples
    --------
    >>> mean([1.0, 2.0]), mean([1e308, 1e308, 1e308]), mean([float("inf"), float("-inf")])
    (1.5, 1e+308, nan)
    """
    try:
        return fmean(values)
    except (OverflowError, ValueError):  # the latter of infinities of both signs
        return sum(value / len(values) for value in values)


def _deviation(values: Sequence[float]) -> float:
    try:
        return stdev(values)
    except OverflowError:
        return math.inf


def statistics_over_seeds(values: Sequence[float | None]) -> SeedStatistics:
    """Return mean, standard deviation and interval over seeds.

    Examples
    --------
    >>> statistics_over_seeds([2.0, 2.0])
    SeedStatistics(mean=2.0, std=0.0, interval=[2.0, 2.0])
    >>> statistics_over_seeds([2.0, None])
    SeedStatistics(mean=None, std=None, interval=None)
    """
    from scipy.stats import t as student

    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:  # a metric that some seed could not compute has no mean
        return SeedStatistics()
    center = mean(known)
    if len(known) == 1:
        return SeedStatistics(center)
    deviation = _deviation(known)
    half = float(student.ppf((1 + CONFIDENCE) / 2, len(known) - 1)) * deviation / len(known) ** 0.5
    return SeedStatistics(center, deviation, [center - half, center + half])
