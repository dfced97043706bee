"""A model's error by distance, diameter or size, with intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

LEVEL = 0.05


@dataclass(frozen=True)
class ErrorBucket:
    """Samples in a range of distances, both ends included.

    Attributes
    ----------
    first, last, samples
        The range, and how many samples lie in it.
    error
        Their mean error.
    half_width
        Of its 95 % interval; None with a single graph.
    """

    first: int
    last: int
    samples: int
    error: float
    half_width: float | None

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True)
class ErrorCurve:
    """Mean error in ranges of a distance, the nearest first.

    Attributes
    ----------
    by
        `distance`, `diameter` or `size`.
    error
        What is counted as a sample's error, in words.
    buckets
        At least one.
    """

    by: str
    error: str
    buckets: list[ErrorBucket]

    @property
    def drop(self) -> float:
        """Error in the farthest range beyond that in the nearest."""
        return self.buckets[-1].error - self.buckets[0].error

    @property
    def area(self) -> float:
        """Area under the curve over its length: the mean error, each distance counting alike however many samples."""
        widths = [bucket.last - bucket.first + 1 for bucket in self.buckets]
        return float(np.average([bucket.error for bucket in self.buckets], weights=widths))


def mean_with_interval(
    values: Float[np.ndarray, " samples"], clusters: Int[np.ndarray, " samples"]
) -> tuple[float, float | None]:
    """Return the mean and half its 95 % interval, samples of one graph standing together.

    Of G clusters with sums s_g over n_g samples the mean is x = Σ s_g / Σ n_g, with the variance
    G / (G − 1) Σ (s_g − x n_g)² / (Σ n_g)² (Cochran, Sampling Techniques, 1977, section 9A.2); a t distribution of
    G − 1 degrees of freedom. Samples of a single cluster stand for themselves.

    Parameters
    ----------
    values
        At least one.
    clusters
        The graph of each.

    Examples
    --------
    >>> mean, half_width = mean_with_interval(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 0]))
    >>> round(mean, 2), round(half_width, 2)  # t = 4.30 times 2 / √3
    (3.0, 4.97)
    """
    from scipy.stats import t  # takes a third of a second to load

    _, place = np.unique(clusters, return_inverse=True)
    if not place.any():
        place = np.arange(len(values))
    sums, counts = np.bincount(place, weights=values), np.bincount(place)
    mean, groups = float(values.mean()), len(sums)
    if groups == 1:
        return mean, None
    variance = groups / (groups - 1) * float(np.square(sums - mean * counts).sum()) / len(values) ** 2
    return mean, float(t.ppf(1 - LEVEL / 2, groups - 1)) * math.sqrt(variance)


def error_curve(
    by: str,
    error: str,
    ranges: Sequence[tuple[int, int]],
    distances: Int[np.ndarray, " samples"],
    values: Float[np.ndarray, " samples"],
    clusters: Int[np.ndarray, " samples"],
) -> ErrorCurve | None:
    """Return the mean error in each range; None where no range has a sample.

    Parameters
    ----------
    by, error
        As `ErrorCurve` has them.
    ranges
        First and last distance of each.
    distances, values, clusters
        Of each sample its distance, its error (NaN: not known) and its graph.
    """
    buckets = []
    for first, last in ranges:
        inside = (distances >= first) & (distances <= last) & ~np.isnan(values)
        if inside.any():
            mean, half_width = mean_with_interval(values[inside], clusters[inside])
            buckets.append(ErrorBucket(first, last, int(inside.sum()), mean, half_width))
    return ErrorCurve(by, error, buckets) if buckets else None
