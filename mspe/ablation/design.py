"""What a comparison will be able to see.

A difference δ is visible if a study finds it with a chance of at least `power`. With n seeds of deviation s the
statistic d̄ / (s √(1/n + ρ)) of `mspe.ablation.verdicts` has a noncentral t distribution with n − 1 degrees of freedom
and noncentrality λ = δ / (s √(1/n + ρ)) (Owen, The Power of Student's t-test, Journal of the American Statistical
Association 60, 1965), so δ is found with the chance P(T(n − 1, λ) > t), t being the critical value at α / 2m.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from mspe.ablation.verdicts import MOST_SEEDS, critical_value, spread_of_mean
from mspe.common.errors import MspeError
from mspe.common.shown import shown
from mspe.pipeline.statistics import statistics_over_seeds

POWER = 0.8
"""The chance that a difference is found if it is there."""


def smallest_visible(deviation: float, seeds: int, comparisons: int, ratio: float = 0.0, power: float = POWER) -> float:
    """Return the smallest true difference that is found with the chance `power`.

    δ = λ s √(1/n + ρ), where λ solves P(T(n − 1, λ) ≤ t) = 1 − power; close to (t₁₋α/₂ₘ + t_power) s √(1/n + ρ). The
    solver's λ has some six digits, some three where two seeds meet a hundred comparisons.

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
    power
        Above 0.5 and below 1.

    Raises
    ------
    MspeError
        If an argument is not allowed; so do the functions below.

    Examples
    --------
    >>> round(smallest_visible(1.0, seeds=10, comparisons=1), 3)
    0.996
    """
    from scipy.special import nctdtrinc

    _check(deviation, ratio, power)
    noncentrality = float(nctdtrinc(seeds - 1, 1 - power, critical_value(seeds, comparisons)))
    return noncentrality * deviation * spread_of_mean(seeds, ratio)


def floor(deviation: float, comparisons: int, ratio: float = 0.0, power: float = POWER) -> float:
    """Return the limit of `smallest_visible` for many seeds: (z₁₋α/₂ₘ + z_power) s √ρ, with normal quantiles.

    Examples
    --------
    >>> floor(1.0, comparisons=1), round(floor(1.0, comparisons=1, ratio=0.25), 3)
    (0.0, 1.401)
    """
    from scipy.special import ndtri

    _check(deviation, ratio, power)
    noncentrality = critical_value(math.inf, comparisons) + float(ndtri(power))
    return noncentrality * deviation * spread_of_mean(math.inf, ratio)


def seeds_for(
    difference: float, deviation: float, comparisons: int, ratio: float = 0.0, power: float = POWER
) -> int | None:
    """Return the smallest number of seeds to which a difference is visible; None where there is none.

    Parameters
    ----------
    difference
        Above 0.
    deviation, comparisons, ratio, power
        As `smallest_visible` has them.

    Examples
    --------
    >>> seeds_for(1.0, deviation=1.0, comparisons=1), seeds_for(1.0, deviation=1.0, comparisons=1, ratio=0.25)
    (10, None)
    """
    if not difference > floor(deviation, comparisons, ratio, power):
        return None
    if deviation == 0:
        return 2
    seeds = range(2, MOST_SEEDS)

    def visible(seeds: int) -> bool:
        from scipy.special import nctdtr

        noncentrality = difference / (deviation * spread_of_mean(seeds, ratio))
        return bool(nctdtr(seeds - 1, noncentrality, critical_value(seeds, comparisons)) <= 1 - power)

    place = bisect_left(seeds, True, key=visible)
    return seeds[place] if place < len(seeds) else None


def _check(deviation: float, ratio: float, power: float) -> None:
    for name, value in (("deviation", deviation), ("ratio", ratio)):
        if not 0 <= value < math.inf:
            raise MspeError(f"{name}: got {shown(value)}, expected a finite number of at least 0")
    if not 0.5 < power < 1:
        raise MspeError(f"power: got {shown(power)}, expected a number above 0.5 and below 1, usually {POWER}")


def pooled_deviation(differences: Mapping[str, Sequence[float]]) -> float | None:
    """Return the deviation between seeds that several variants share: √(Σ (nᵥ − 1) sᵥ² / Σ (nᵥ − 1)).

    Parameters
    ----------
    differences
        To the baseline, one per seed, by variant.

    Returns
    -------
    float or None
        None where no variant has two seeds.

    Raises
    ------
    MspeError
        If a difference is not finite.

    Examples
    --------
    >>> pooled_deviation({"heat": [0.0, 2.0], "walk": [1.0, 1.0], "ppr": [5.0]})
    1.0
    """
    for name, values in differences.items():
        if not all(map(math.isfinite, values)):
            raise MspeError(f"differences of variant {name}: got {shown(list(values))}, expected finite numbers")
    several = [list(values) for values in differences.values() if len(values) > 1]
    if not several:
        return None
    freedom = sum(len(values) - 1 for values in several)
    squares = sum((len(values) - 1) * (statistics_over_seeds(values).std or 0.0) ** 2 for values in several)
    return math.sqrt(squares / freedom)


def best_test_share(
    train_deviation: float,
    graph_deviation: float,
    graphs: int,
    seeds: int,
    comparisons: int,
    shares: Sequence[float] = (0.1, 0.2, 0.3),
    validation: float = 0.1,
    power: float = POWER,
) -> float:
    """Return the share f of the graphs to test with that makes the smallest difference visible.

    Every seed draws its own split of N graphs. A larger test part has the smaller deviation, s² = σ_train² +
    σ_graph² / (N f), but leaves fewer graphs to train with: ρ = f / (1 − validation − f) grows.

    Parameters
    ----------
    train_deviation, graph_deviation
        σ_train, of the difference between trainings; σ_graph, of the difference between graphs.
    graphs
        N.
    seeds, comparisons, power
        As `smallest_visible` has them.
    shares
        To choose from; of two equally good ones the first.
    validation
        Share of the graphs that neither trains nor tests.

    Examples
    --------
    >>> best_test_share(0.0, 1.0, graphs=500, seeds=10, comparisons=3)
    0.2
    >>> best_test_share(1.0, 1.0, graphs=500, seeds=10, comparisons=3)
    0.1
    """

    given = (train_deviation, graph_deviation, graphs, seeds, comparisons, validation, power)
    return min(shares, key=lambda share: visible_with_share(share, *given))


def visible_with_share(
    share: float,
    train_deviation: float,
    graph_deviation: float,
    graphs: int,
    seeds: int,
    comparisons: int,
    validation: float = 0.1,
    power: float = POWER,
) -> float:
    """Return what `smallest_visible` is with a test part of this share; parameters are those of `best_test_share`.

    Examples
    --------
    >>> round(visible_with_share(0.1, 0.0, 1.0, graphs=500, seeds=10, comparisons=3), 3)
    0.26
    """
    deviation = math.hypot(train_deviation, graph_deviation / math.sqrt(graphs * share))
    return smallest_visible(deviation, seeds, comparisons, share / (1 - validation - share), power)
