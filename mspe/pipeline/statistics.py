"""The mean of one number per seed, and how far it can be trusted."""

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
    mean = fmean(known)
    if len(known) == 1:
        return SeedStatistics(mean)
    deviation = stdev(known)
    half = float(student.ppf((1 + CONFIDENCE) / 2, len(known) - 1)) * deviation / len(known) ** 0.5
    return SeedStatistics(mean, deviation, [mean - half, mean + half])
