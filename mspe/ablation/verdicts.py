"""What paired differences over seeds show: better, worse, the same, or nothing yet.

A variant and the baseline are trained with the same n seeds; d₁ … d_n are the differences of their scores, d̄ their mean
and s their sample deviation. Everything here follows from one statistic, (d̄ − δ) / (s √(1/n + ρ)), which has a t
distribution with n − 1 degrees of freedom if δ is the true difference. With one split ρ is 0: the usual paired t
statistic, and what it shows holds of that split. Where every seed draws its own split, the training parts overlap, so
the differences are correlated; Nadeau and Bengio (Inference for the Generalization Error, Machine Learning 52, 2003)
take the correlation to be n_test / (n_test + n_train), and then ρ = n_test / n_train.

Of a study that compares m variants with the baseline, all statements hold together with a chance of 1 − α: each is made
at level α/m (Bonferroni), the interval and the verdict alike, so that the two always agree.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mspe.common.errors import MspeError
from mspe.common.shown import shown
from mspe.pipeline.statistics import statistics_over_seeds

LEVEL = 0.05
"""α: the chance that a study claims a difference where there is none."""
MOST_SEEDS = 10**6
"""More are none that a study could have."""

Word = Literal["better", "worse", "same", "undecided"]


@dataclass(frozen=True)
class Estimate:
    """The difference to the baseline, with what is known of it.

    Attributes
    ----------
    mean
        Of the differences, one per seed.
    low, high
        The interval at level 1 − α/m; None with one seed.
    deviation
        The sample standard deviation of the differences (ddof 1); None with one seed.
    seeds
        How many there are.
    p
        Of the two-sided test, times m and at most 1: below α exactly where the interval is beyond 0. None with one
        seed.
    """

    mean: float
    low: float | None
    high: float | None
    deviation: float | None
    seeds: int
    p: float | None


@dataclass(frozen=True)
class Verdict:
    """A difference in a word.

    Attributes
    ----------
    word
        `better` or `worse` where the interval is beyond 0, `same` where it is not and the difference is shown to be
        within the margin, else `undecided`.
    within_margin
        Whether the difference is shown to be within the margin; a small difference can be that and `better`.
    more_seeds
        Of `undecided`: the smallest number of further seeds that would decide if mean and deviation stayed as they
        are; None where none would, as ρ s² does not shrink with n. None of other words.
    """

    word: Word
    within_margin: bool
    more_seeds: int | None = None


def judge(
    differences: Sequence[float],
    comparisons: int,
    margin: float,
    minimized: bool,
    ratio: float = 0.0,
    step: float = 0.0,
) -> tuple[Estimate, Verdict | None]:
    """Return the difference to the baseline and what it shows.

    Parameters
    ----------
    differences
        A variant's score minus the baseline's, one per seed.
    comparisons
        m: how many variants this study compares with the baseline.
    margin
        Differences of at most this size do not matter; in units of the score.
    minimized
        Whether less is better.
    ratio
        ρ: n_test / n_train where every seed draws its own split, 0 with one split.
    step
        Of the score, as an accuracy over n samples has steps of 1 / n: where all differences are equal s is taken as
        that, since seeds that agree on few samples do not show that others would.

    Returns
    -------
    Estimate
        With one seed the mean alone. Where all differences of a score without steps are equal, the interval has no
        width and p is 0, or 1 if they are 0.
    Verdict or None
        None with one seed. `same` rests on two one-sided tests (Schuirmann, Journal of Pharmacokinetics and
        Biopharmaceutics 15, 1987), each at level α/m: the interval at level 1 − 2α/m lies within ±margin.

    Raises
    ------
    MspeError
        If there is no difference, one is not finite, or another argument is not allowed.

    Examples
    --------
    >>> estimate, verdict = judge([-2.0, -3.0, -2.5, -3.5], comparisons=1, margin=0.1, minimized=True)
    >>> round(estimate.low, 2), round(estimate.high, 2), verdict.word
    (-3.78, -1.72, 'better')
    >>> judge([-1.0, 2.0, 1.0], comparisons=1, margin=0.1, minimized=True)[1]
    Verdict(word='undecided', within_margin=False, more_seeds=20)
    >>> judge([0.0, 0.0, 0.0], comparisons=1, margin=0.05, minimized=False, step=1 / 4)[1].word
    'undecided'
    """
    _check(differences, margin, ratio)
    seeds, statistics = len(differences), statistics_over_seeds(list(map(float, differences)))
    mean, deviation = statistics.mean, statistics.std
    assert mean is not None, "there are differences"
    if deviation is None:
        return Estimate(mean, None, None, None, seeds, None), None
    deviation = deviation or step
    half = half_width(deviation, seeds, comparisons, ratio)
    p = min(1.0, comparisons * _two_sided_p(mean, deviation * spread_of_mean(seeds, ratio), seeds))
    estimate = Estimate(mean, mean - half, mean + half, deviation, seeds, p)
    return estimate, _verdict(_Rules(mean, deviation, comparisons, margin, ratio), seeds, minimized)


def _check(differences: Sequence[float], margin: float, ratio: float) -> None:
    if len(differences) == 0:
        raise MspeError("differences: got none, expected one per seed; compare runs that have a seed in common")
    for place, value in enumerate(differences):
        if not math.isfinite(value):
            raise MspeError(
                f"differences[{place}]: got {shown(float(value))}, expected a finite number; leave out the variant "
                "whose score could not be computed"
            )
    for name, value in (("margin", margin), ("ratio", ratio)):
        if not 0 <= value < math.inf:
            raise MspeError(f"{name}: got {shown(value)}, expected a finite number of at least 0")


@dataclass(frozen=True)
class _Rules:
    """What a mean and a deviation show, with any number of seeds."""

    mean: float
    deviation: float
    comparisons: int
    margin: float
    ratio: float

    def beyond_zero(self, seeds: int) -> bool:
        return abs(self.mean) > half_width(self.deviation, seeds, self.comparisons, self.ratio)

    def within_margin(self, seeds: int) -> bool:
        return abs(self.mean) + half_width(self.deviation, seeds, self.comparisons, self.ratio, sides=1) <= self.margin

    def more_seeds(self, seeds: int) -> int | None:
        """Return how many to add; both half widths shrink with n, so what is once decided stays so."""
        further = range(1, MOST_SEEDS)
        place = bisect_left(further, True, key=lambda more: self._decided(seeds + more))
        return further[place] if place < len(further) else None

    def _decided(self, seeds: int) -> bool:
        return self.beyond_zero(seeds) or self.within_margin(seeds)


def _verdict(rules: _Rules, seeds: int, minimized: bool) -> Verdict:
    within = rules.within_margin(seeds)
    if rules.beyond_zero(seeds):
        return Verdict("better" if (rules.mean < 0) == minimized else "worse", within)
    if within:
        return Verdict("same", within)
    return Verdict("undecided", within, rules.more_seeds(seeds))


def half_width(deviation: float, seeds: int, comparisons: int, ratio: float = 0.0, sides: int = 2) -> float:
    """Return half the width of the interval, t s √(1/n + ρ) with t the quantile at 1 − α / (sides · m).

    Parameters
    ----------
    deviation
        s: of the paired differences over seeds.
    seeds
        n, at least 2.
    comparisons
        m: variants that are compared with the baseline.
    ratio
        ρ: n_test / n_train where every seed draws its own split, 0 with one split.
    sides
        2 for the interval at level 1 − α/m, 1 for that of two one-sided tests, 1 − 2α/m.

    Examples
    --------
    >>> round(half_width(1.0, seeds=4, comparisons=1), 4)
    1.5912
    """
    return critical_value(seeds, comparisons, sides) * deviation * spread_of_mean(seeds, ratio)


def spread_of_mean(seeds: float, ratio: float = 0.0) -> float:
    """Return √(1/n + ρ): the standard error of the mean of n differences is s times that.

    Examples
    --------
    >>> spread_of_mean(4), spread_of_mean(4, ratio=0.75)
    (0.5, 1.0)
    """
    return math.sqrt(1 / seeds + ratio)


def critical_value(seeds: float, comparisons: int, sides: int = 2) -> float:
    """Return the quantile at 1 − α / (sides · m) of t with n − 1 degrees of freedom; of the normal one where n is inf.

    Raises
    ------
    MspeError
        If there are fewer than 2 seeds, or no comparison.

    Examples
    --------
    >>> import math
    >>> round(critical_value(4, comparisons=1), 3), round(critical_value(math.inf, comparisons=1), 3)
    (3.182, 1.96)
    """
    from scipy.special import stdtrit

    if not (seeds >= 2 and comparisons >= 1):
        raise MspeError(
            f"got {shown(seeds)} seeds and {shown(comparisons)} comparisons, expected at least 2 seeds and 1 comparison"
        )
    return -float(stdtrit(seeds - 1, LEVEL / (sides * comparisons)))  # from the left tail, which keeps its digits


def _two_sided_p(mean: float, error: float, seeds: int) -> float:
    from scipy.special import stdtr

    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return 2 * float(stdtr(seeds - 1, -abs(mean) / error))


def error_of(score: float, minimized: bool) -> float:
    """Return a score as an error: itself where less is better, else its distance from 1, the best of such metrics.

    Parameters
    ----------
    score
        Finite.
    minimized
        Whether less is better.

    Raises
    ------
    MspeError
        If the score is not finite, or has no error of at least 0.

    Examples
    --------
    >>> error_of(0.25, minimized=True), error_of(0.75, minimized=False)
    (0.25, 0.25)
    """
    error = score if minimized else 1 - score
    if not 0 <= error < math.inf:
        allowed = "at least 0" if minimized else "at most 1"
        raise MspeError(f"score: got {shown(score)}, expected a finite number of {allowed}; its error is not known")
    return error
