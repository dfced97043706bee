"""Whether two variants differ by more than the noise between seeds."""

from collections.abc import Mapping, Sequence

from mspe.ablation.report import Difference
from mspe.pipeline.statistics import statistics_over_seeds


def paired_difference(values: Mapping[int, float], reference: Mapping[int, float]) -> Difference | None:
    """Return the mean of `values` − `reference` over the seeds that both have, and its paired t test.

    A seed fixes the order of the graphs and the first weights, so two variants share part of its luck: the difference
    within a seed is less noisy than either score.

    Parameters
    ----------
    values, reference
        Scores by seed.

    Returns
    -------
    Difference or None
        Not yet adjusted. Where all differences are equal, the interval has no width and p is 0, or 1 if they are 0.
        None without a common seed.

    Examples
    --------
    >>> difference = paired_difference({0: 1.0, 1: 3.0, 2: 9.0}, {0: 2.0, 1: 4.0})
    >>> difference.mean, difference.interval, difference.p
    (-1.0, [-1.0, -1.0], 0.0)
    """
    differences = [value - reference[seed] for seed, value in values.items() if seed in reference]
    statistics = statistics_over_seeds(differences)
    if statistics.mean is None:
        return None
    p = None if statistics.std is None else _two_sided_p(statistics.mean, statistics.std, len(differences))
    return Difference(statistics.mean, statistics.interval, p)


def _two_sided_p(mean: float, deviation: float, count: int) -> float:
    from scipy.stats import t as student

    if deviation == 0:
        return 1.0 if mean == 0 else 0.0
    return 2 * float(student.sf(abs(mean) / (deviation / count**0.5), count - 1))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return adjusted p values of one family of tests: with all below α kept, the chance of a false one is at most α.

    The step-down method of Holm (Scandinavian Journal of Statistics 6, 1979): of m values in ascending order the k-th,
    from 0, is multiplied by m − k; none becomes smaller than the one before it, nor larger than 1.

    Parameters
    ----------
    p_values
        None where there was no test; it stays None and does not count in m.

    Examples
    --------
    >>> holm([0.04, None, 0.01])
    [0.04, None, 0.02]
    """
    ascending = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(ascending):
        largest = min(1.0, max(largest, (len(ascending) - rank) * p))
        adjusted[place] = largest
    return adjusted
