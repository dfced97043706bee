"""Errors by distance: means, intervals that hold as often as they say, and what a curve tells."""

import numpy as np
import pytest
from scipy.stats import t

from mspe.influence.error_curve import ErrorBucket, ErrorCurve, error_curve, mean_with_interval
from mspe.influence.figures import error_by_distance


def test_one_sample_a_graph_has_the_interval_of_students_t() -> None:
    values = np.random.default_rng(0).normal(3, 2, size=30)
    mean, half_width = mean_with_interval(values, np.arange(30))
    assert mean == pytest.approx(values.mean())
    assert half_width == pytest.approx(t.ppf(0.975, 29) * values.std(ddof=1) / 30**0.5)


def test_equal_samples_of_one_graph_count_as_one() -> None:
    values = np.random.default_rng(1).normal(size=20)
    alone = mean_with_interval(values, np.arange(20))
    assert mean_with_interval(values.repeat(50), np.arange(20).repeat(50)) == pytest.approx(alone)


def test_a_single_graphs_samples_stand_for_themselves_and_one_alone_has_no_interval() -> None:
    values = np.array([1.0, 2.0, 6.0])
    assert mean_with_interval(values, np.array([4, 4, 4])) == mean_with_interval(values, np.arange(3))
    assert mean_with_interval(np.array([2.0]), np.array([7])) == (2.0, None)


def test_intervals_hold_for_samples_that_share_their_graphs_luck() -> None:
    random = np.random.default_rng(2)
    owner, held = np.arange(40).repeat(random.integers(1, 30, size=40)), 0
    for _ in range(400):
        values = random.normal(size=40)[owner] + random.normal(size=len(owner))
        mean, half_width = mean_with_interval(values, owner)
        assert half_width is not None
        held += abs(mean) <= half_width
    assert 0.92 <= held / 400 <= 0.98


def test_ranges_without_a_known_sample_are_left_out() -> None:
    distances, values = np.array([1, 1, 2, 5, 9]), np.array([0.0, 2.0, np.nan, 3.0, 5.0])
    ranges = [(1, 1), (2, 3), (4, 6), (7, 9)]
    curve = error_curve("distance", "absolute error", ranges, distances, values, np.arange(5))
    assert curve is not None
    assert [(str(bucket), bucket.samples, bucket.error) for bucket in curve.buckets] == [
        ("1", 2, 1.0), ("4–6", 1, 3.0), ("7–9", 1, 5.0)
    ]  # fmt: skip
    assert curve.drop == 4.0 and curve.area == pytest.approx((1 + 3 * 3 + 3 * 5) / 7)
    nothing = error_curve("distance", "absolute error", ranges, distances, np.full(5, np.nan), np.arange(5))
    assert nothing is None


def test_its_figure_says_the_nearest_and_the_farthest() -> None:
    near, far = ErrorBucket(1, 1, 10, 0.1, 0.02), ErrorBucket(2, 9, 9, 0.4, None)
    picture = error_by_distance(ErrorCurve("distance", "share of wrong answers", [near, far]))
    assert picture is not None and "0.1 at 1, 0.4 at 2–9" in picture.caption and "0.367 on average" in picture.caption
    assert error_by_distance(ErrorCurve("distance", "share of wrong answers", [near])) is None
