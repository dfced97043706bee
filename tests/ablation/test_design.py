"""What is said to be visible against scipy's noncentral t, closed forms, and simulated studies."""

import math

import numpy as np
import pytest
import scipy.stats

from mspe.ablation.design import POWER, best_test_share, floor, pooled_deviation, seeds_for, smallest_visible
from mspe.ablation.verdicts import LEVEL, half_width, judge
from mspe.common.errors import MspeError
from tests.ablation.fake_studies import deviation_within, differences_over_seeds


@pytest.mark.parametrize("seeds", [3, 5, 10, 100])
@pytest.mark.parametrize(("comparisons", "ratio", "power"), [(1, 0.0, 0.8), (6, 0.125, 0.8), (3, 0.5, 0.95)])
def test_the_smallest_visible_difference_has_the_power(
    seeds: int, comparisons: int, ratio: float, power: float
) -> None:
    visible = smallest_visible(2.0, seeds, comparisons, ratio, power)
    critical = scipy.stats.t.isf(LEVEL / (2 * comparisons), seeds - 1)
    chance = scipy.stats.nct.sf(critical, seeds - 1, visible / (2.0 * math.sqrt(1 / seeds + ratio)))
    assert chance == pytest.approx(power, abs=1e-5)


def test_the_usual_approximation_is_close_with_many_seeds() -> None:
    quantiles = scipy.stats.t.ppf([1 - LEVEL / 6, POWER], 29).sum()
    assert smallest_visible(1.0, 30, 3, ratio=0.1) == pytest.approx(quantiles * math.sqrt(1 / 30 + 0.1), rel=0.005)


def test_a_textbook_sample_size() -> None:
    """Of a paired t test at 5 % with power 80 %: 34 pairs for half a deviation, 199 for a fifth (Cohen's tables)."""
    assert (seeds_for(0.5, 1.0, 1), seeds_for(0.2, 1.0, 1)) == (34, 199)


def test_the_floor_is_the_limit_of_many_seeds() -> None:
    assert floor(1.5, 4, ratio=0.2) == pytest.approx(smallest_visible(1.5, 10**7, 4, ratio=0.2), rel=1e-5)
    assert floor(1.5, 4) == 0
    quantiles = scipy.stats.norm.ppf([1 - LEVEL / 8, 0.9]).sum()
    assert floor(1.5, 4, ratio=0.2, power=0.9) == pytest.approx(quantiles * 1.5 * math.sqrt(0.2))


@pytest.mark.parametrize(("difference", "comparisons", "ratio"), [(3.0, 1, 0.0), (0.4, 6, 0.0), (1.0, 3, 0.05)])
def test_that_many_seeds_see_a_difference_and_one_fewer_does_not(
    difference: float, comparisons: int, ratio: float
) -> None:
    seeds = seeds_for(difference, 1.0, comparisons, ratio)
    assert seeds is not None
    assert smallest_visible(1.0, seeds, comparisons, ratio) <= difference
    assert smallest_visible(1.0, seeds - 1, comparisons, ratio) > difference


def test_no_number_of_seeds_sees_what_is_below_the_floor() -> None:
    limit = floor(1.0, 3, ratio=0.125)
    assert seeds_for(0.99 * limit, 1.0, 3, ratio=0.125) is None
    assert seeds_for(1.01 * limit, 1.0, 3, ratio=0.125) is not None
    assert seeds_for(0.0, 1.0, 3) is None


def test_without_noise_everything_is_visible() -> None:
    assert smallest_visible(0.0, 2, 3) == 0
    assert seeds_for(1e-9, 0.0, 3) == 2


def test_a_pooled_deviation_is_that_of_residuals() -> None:
    pilot = {"heat": [0.1, 0.5, 0.4], "walk": [1.0, 2.0], "ppr": [7.0], "all": [3.0, 3.5, 2.0, 1.0]}
    residuals = np.concatenate([np.subtract(values, np.mean(values)) for values in pilot.values()])
    assert pooled_deviation(pilot) == pytest.approx(math.sqrt((residuals**2).sum() / (2 + 1 + 0 + 3)))


def test_a_pilot_of_one_seed_has_no_deviation_and_nan_is_refused() -> None:
    assert pooled_deviation({"heat": [1.0], "walk": [2.0]}) is None
    assert pooled_deviation({}) is None
    with pytest.raises(MspeError, match=r"^differences of variant walk: got \[nan, 1.0\], expected finite numbers$"):
        pooled_deviation({"heat": [1.0, 2.0], "walk": [math.nan, 1.0]})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((math.nan, 5, 1), r"^deviation: got nan, expected a finite number of at least 0$"),
        ((1.0, 5, 1, -0.1), r"^ratio: got -0.1, expected"),
        ((1.0, 5, 1, 0.0, 0.2), r"^power: got 0.2, expected a number above 0.5 and below 1, usually 0.8$"),
        ((1.0, 1, 1), r"^got 1 seeds and 1 comparisons, expected at least 2 seeds"),
        ((1.0, 5, 0), r"^got 5 seeds and 0 comparisons, expected"),
    ],
)
def test_what_has_no_answer_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        smallest_visible(*arguments)


def test_a_test_part_that_leaves_nothing_to_train_with_is_refused() -> None:
    with pytest.raises(MspeError, match=r"^ratio: got -"):
        best_test_share(1.0, 1.0, 400, 5, 3, shares=[0.95])


@pytest.mark.parametrize("seeds", [3, 10, 50])
def test_the_best_test_share_is_near_the_one_of_calculus(seeds: int) -> None:
    """Without noise of training s² (1/n + ρ) is σ² / N · (1/(n f) + 1/(0.9 − f)), smallest at f = 0.9 / (1 + √n)."""
    shares = [share / 1000 for share in range(10, 890, 5)]
    best = best_test_share(0.0, 1.0, 400, seeds, 3, shares)
    assert best == pytest.approx(0.9 / (1 + math.sqrt(seeds)), abs=0.003)


def test_noise_of_training_alone_asks_for_the_smallest_test_part() -> None:
    assert best_test_share(1.0, 0.0, 400, 5, 3) == 0.1


# Rates of 80 % over 2,000 studies have a standard error of 0.9 points; three of them are allowed.
STUDIES = 2000
SLACK = 3 * math.sqrt(POWER * (1 - POWER) / STUDIES)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("seeds", "comparisons", "ratio"), [(5, 3, 0.0), (10, 6, 0.0), (5, 3, 0.125), (10, 3, 0.5)])
def test_studies_find_the_smallest_visible_difference_as_often_as_promised(
    seeds: int, comparisons: int, ratio: float
) -> None:
    difference = smallest_visible(deviation_within(ratio), seeds, comparisons, ratio)
    studies = differences_over_seeds(STUDIES, 1, seeds, ratio)[:, 0] - difference
    found = np.mean([judge(values, comparisons, 0.1, True, ratio)[1].word == "better" for values in studies.tolist()])
    print(f"found at the smallest visible difference, {seeds} seeds, ratio {ratio:.3g}: {found:.3f}")
    assert found == pytest.approx(POWER, abs=SLACK)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("variants", [3, 6])
def test_a_pilots_half_width_is_usually_the_realised_one_within_a_factor(variants: int) -> None:
    """A pilot of 3 seeds, a study of 10; ρ is a factor of both.

    With few degrees of freedom both deviations vary by some quarter of themselves, so about three studies of ten are
    further off.
    """
    pilots = differences_over_seeds(STUDIES, variants, 3, ratio=0.0)
    studies = differences_over_seeds(STUDIES, 1, 10, ratio=0.0)[:, 0]
    promised = np.array([_promised(pilot) for pilot in pilots.tolist()])
    factors = promised / np.array([_realised(study) for study in studies.tolist()])
    apart = np.maximum(factors, 1 / factors)
    print(
        f"promised / realised half width, {variants} variants: {np.median(factors):.3f}, "
        f"apart by {np.median(apart):.3f}, by more than 1.5 in {np.mean(apart > 1.5):.3f}"
    )
    assert 1 / 1.1 < np.median(factors) < 1.1
    assert np.median(apart) < 1.5


def _promised(pilot: list[list[float]]) -> float:
    deviation = pooled_deviation({str(variant): values for variant, values in enumerate(pilot)})
    assert deviation is not None
    return half_width(deviation, 10, 3)


def _realised(study: list[float]) -> float:
    estimate, _ = judge(study, 3, 0.1, True)
    assert estimate.high is not None and estimate.low is not None
    return (estimate.high - estimate.low) / 2
