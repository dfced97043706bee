"""Intervals and verdicts against scipy, and by simulation: what is claimed is wrong as rarely as it is promised."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from mspe.ablation.verdicts import LEVEL, Verdict, critical_value, error_of, half_width, judge
from mspe.common.errors import MspeError
from tests.ablation.fake_studies import differences_over_seeds

NOISE = [0.11, -0.04, 0.07, -0.13, 0.02, 0.05]
DIFFERENCES = st.lists(st.floats(-100, 100).map(lambda value: round(value, 3)), min_size=2, max_size=12)


def test_one_comparison_with_one_split_agrees_with_scipy() -> None:
    scores, baseline = [0.51, 0.47, 0.55, 0.49], [0.62, 0.50, 0.57, 0.66]
    estimate, verdict = judge(np.subtract(scores, baseline).tolist(), 1, 0.01, minimized=True)
    expected = scipy.stats.ttest_rel(scores, baseline)
    interval = expected.confidence_interval(0.95)
    assert (estimate.low, estimate.high) == pytest.approx((interval.low, interval.high))
    assert estimate.p == pytest.approx(expected.pvalue)
    assert estimate.deviation == pytest.approx(np.std(np.subtract(scores, baseline), ddof=1))
    assert verdict is not None and verdict.word == "undecided"


def test_more_comparisons_widen_the_interval_and_multiply_p() -> None:
    estimate, _ = judge(NOISE, 7, 0.01, minimized=True)
    interval = scipy.stats.ttest_1samp(NOISE, 0).confidence_interval(1 - LEVEL / 7)
    assert (estimate.low, estimate.high) == pytest.approx((interval.low, interval.high))
    assert estimate.p == min(1.0, 7 * scipy.stats.ttest_1samp(NOISE, 0).pvalue)


def test_redrawn_splits_widen_the_interval_by_the_correction() -> None:
    """Nadeau and Bengio's example: n_test / n_train of 1/9 with 10 seeds makes the variance 2.11 times as large."""
    values = np.random.default_rng(0).normal(size=10).tolist()
    (fixed, _), (redrawn, _) = judge(values, 1, 0.1, True), judge(values, 1, 0.1, True, ratio=1 / 9)
    widths = [estimate.high - estimate.low for estimate in (fixed, redrawn)]
    assert widths[1] / widths[0] == pytest.approx(math.sqrt(1 + 10 / 9))
    statistic = np.mean(values) / (np.std(values, ddof=1) * math.sqrt(1 / 10 + 1 / 9))
    assert redrawn.p == pytest.approx(2 * scipy.stats.t.sf(abs(statistic), 9))


@pytest.mark.parametrize("comparisons", [1, 4])
@pytest.mark.parametrize("margin", [0.05, 0.11, 0.2, 0.5])
def test_within_the_margin_is_what_two_one_sided_tests_show(comparisons: int, margin: float) -> None:
    above = scipy.stats.ttest_1samp(NOISE, -margin, alternative="greater").pvalue
    below = scipy.stats.ttest_1samp(NOISE, margin, alternative="less").pvalue
    _, verdict = judge(NOISE, comparisons, margin, minimized=True)
    assert verdict is not None
    assert verdict.within_margin == (max(above, below) <= LEVEL / comparisons)
    assert verdict.word == ("same" if verdict.within_margin else "undecided")


@pytest.mark.parametrize("shift", [-5.0, 5.0])
@pytest.mark.parametrize("minimized", [True, False])
def test_the_direction_of_better_is_the_metrics(shift: float, minimized: bool) -> None:
    _, verdict = judge([value + shift for value in NOISE], 3, 1.0, minimized)
    assert verdict == Verdict("better" if (shift < 0) == minimized else "worse", within_margin=False)


def test_a_small_difference_is_better_and_within_the_margin() -> None:
    _, verdict = judge([value - 1 for value in NOISE], 3, 2.0, minimized=True)
    assert verdict == Verdict("better", within_margin=True)


def test_one_seed_has_a_mean_alone() -> None:
    estimate, verdict = judge([0.5], 2, 0.1, minimized=True)
    assert verdict is None
    assert (estimate.mean, estimate.seeds) == (0.5, 1)
    assert [estimate.low, estimate.high, estimate.deviation, estimate.p] == [None] * 4


@pytest.mark.parametrize("ratio", [0.0, 0.3])
@pytest.mark.parametrize(("value", "word", "p"), [(0.25, "worse", 0.0), (0.0, "same", 1.0), (-0.25, "better", 0.0)])
def test_equal_differences_are_certain(value: float, word: str, p: float, ratio: float) -> None:
    estimate, verdict = judge([value] * 3, 5, 0.0, minimized=True, ratio=ratio)
    assert (estimate.low, estimate.high, estimate.p) == (value, value, p)
    assert verdict is not None and verdict.word == word


@given(DIFFERENCES, st.integers(1, 9), st.floats(0, 50), st.booleans(), st.sampled_from([0.0, 0.1, 0.5]))
def test_word_interval_and_p_agree(
    values: list[float], comparisons: int, margin: float, minimized: bool, ratio: float
) -> None:
    estimate, verdict = judge(values, comparisons, margin, minimized, ratio)
    assert verdict is not None and estimate.p is not None
    beyond = estimate.low > 0 or estimate.high < 0
    assert (verdict.word in {"better", "worse"}) == beyond
    assert (estimate.p < LEVEL) == beyond or estimate.p == pytest.approx(LEVEL)
    assert verdict.within_margin or verdict.word != "same"
    assert verdict.more_seeds is None or verdict.word == "undecided"


@given(DIFFERENCES, st.integers(1, 9), st.floats(0.1, 50), st.sampled_from([0.0, 0.1, 0.5]))
def test_signs_mirror_the_verdict(values: list[float], comparisons: int, margin: float, ratio: float) -> None:
    _, there = judge(values, comparisons, margin, True, ratio)
    _, back = judge([-value for value in values], comparisons, margin, False, ratio)
    assert there == back


@pytest.mark.parametrize(("shift", "ratio"), [(0.05, 0.0), (0.0, 0.0), (0.2, 0.1), (0.05, 0.1), (0.01, 0.2)])
def test_that_many_more_seeds_decide_and_one_fewer_does_not(shift: float, ratio: float) -> None:
    margin, comparisons, deviation = 0.1, 4, 0.3
    _, verdict = judge(_spread(4, shift, deviation), comparisons, margin, True, ratio)
    assert verdict is not None and verdict.word == "undecided"
    half = {sides: half_width(deviation, 10**9, comparisons, ratio, sides) for sides in (1, 2)}
    never = abs(shift) < half[2] and abs(shift) + half[1] > margin
    assert (verdict.more_seeds is None) == never
    if verdict.more_seeds is not None:
        words = [
            judge(_spread(4 + more, shift, deviation), comparisons, margin, True, ratio)[1].word
            for more in (verdict.more_seeds - 1, verdict.more_seeds)
        ]
        assert words[0] == "undecided" != words[1]


def _spread(count: int, mean: float, deviation: float) -> list[float]:
    values = np.random.default_rng(count).normal(size=count)
    return (mean + deviation * (values - values.mean()) / values.std(ddof=1)).tolist()


def test_nothing_more_decides_a_mean_of_zero_without_a_margin() -> None:
    assert judge([-1.0, 1.0], 1, 0.0, True)[1] == Verdict("undecided", within_margin=False)


def test_critical_values_agree_with_scipys_distributions() -> None:
    assert critical_value(3, 100) == pytest.approx(scipy.stats.t.isf(LEVEL / 200, 2))
    assert critical_value(math.inf, 6, sides=1) == pytest.approx(scipy.stats.norm.isf(LEVEL / 6))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 1, 0.1, True), r"^differences: got none, expected one per seed; compare"),
        (([0.1, math.nan], 1, 0.1, True), r"^differences\[1\]: got nan, expected a finite number; leave out"),
        (([math.inf], 1, 0.1, True), r"^differences\[0\]: got inf, expected"),
        (([0.1, 0.2], 0, 0.1, True), r"^got 2 seeds and 0 comparisons, expected at least 2 seeds and 1 comparison$"),
        (([0.1, 0.2], 1, math.nan, True), r"^margin: got nan, expected a finite number of at least 0$"),
        (([0.1, 0.2], 1, 0.1, True, -0.5), r"^ratio: got -0.5, expected"),
    ],
)
def test_what_cannot_be_judged_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        judge(*arguments)


def test_errors_of_scores() -> None:
    assert error_of(3.5, minimized=True) == 3.5
    assert error_of(0.9, minimized=False) == pytest.approx(0.1)
    assert error_of(-2.0, minimized=False) == 3.0  # R² of a poor model


@pytest.mark.parametrize(("score", "minimized"), [(-0.1, True), (1.5, False), (math.nan, True), (-math.inf, False)])
def test_a_score_without_an_error_is_refused(score: float, minimized: bool) -> None:
    with pytest.raises(MspeError, match=r"^score: got .* its error is not known$"):
        error_of(score, minimized)


STUDIES = 2000
# A rate of 5 % over 2,000 studies has a standard error of 0.5 points; three of them are allowed.
SLACK = 3 * math.sqrt(0.05 * 0.95 / STUDIES)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("seeds", "variants", "ratio"), [(3, 6, 0.0), (10, 3, 0.0), (5, 3, 0.125), (10, 3, 1 / 3)])
def test_without_an_effect_few_studies_claim_one(seeds: int, variants: int, ratio: float) -> None:
    studies = differences_over_seeds(STUDIES, variants, seeds, ratio)
    claimed = [
        any(judge(values, variants, 0.5, True, ratio)[1].word in {"better", "worse"} for values in study)
        for study in studies.tolist()
    ]
    print(f"false claims, {variants} variants, {seeds} seeds, ratio {ratio:.3g}: {np.mean(claimed):.3f}")
    assert np.mean(claimed) <= LEVEL + SLACK


@pytest.mark.usefixtures("unchecked")
def test_without_the_correction_redrawn_splits_would_claim_effects() -> None:
    """The simulation can tell: the same differences, taken as independent."""
    studies = differences_over_seeds(STUDIES, 3, 10, ratio=1 / 3)
    claimed = [
        any(judge(values, 3, 0.5, True)[1].word in {"better", "worse"} for values in study)
        for study in studies.tolist()
    ]
    print(f"false claims without the correction: {np.mean(claimed):.3f}")
    assert np.mean(claimed) > 3 * LEVEL


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("seeds", "variants", "ratio"), [(5, 3, 0.0), (10, 3, 0.0), (10, 3, 0.125)])
@pytest.mark.parametrize("margin", [3.0, 6.0])
def test_differences_at_the_margin_are_rarely_called_the_same(
    seeds: int, variants: int, ratio: float, margin: float
) -> None:
    studies = margin + differences_over_seeds(STUDIES, variants, seeds, ratio)
    verdicts = [[judge(values, variants, margin, True, ratio)[1] for values in study] for study in studies.tolist()]
    same = np.mean([any(verdict.word == "same" for verdict in study) for study in verdicts])
    within = np.mean([any(verdict.within_margin for verdict in study) for study in verdicts])
    print(f"at the margin {margin}, {seeds} seeds, ratio {ratio:.3g}: same {same:.3f}, within the margin {within:.3f}")
    assert same <= within <= LEVEL + SLACK
