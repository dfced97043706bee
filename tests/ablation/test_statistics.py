"""Paired tests against scipy, and Holm's correction by hand."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from mspe.ablation.report import Difference
from mspe.ablation.statistics import holm, paired_difference

VALUES = {0: 0.51, 1: 0.47, 2: 0.55, 7: 0.49}
REFERENCE = {0: 0.62, 1: 0.50, 2: 0.57, 7: 0.66}
P_VALUES = st.lists(st.none() | st.floats(0, 1), max_size=12)


def test_a_paired_difference_agrees_with_scipy() -> None:
    result = paired_difference(VALUES, REFERENCE)
    assert result is not None
    expected = scipy.stats.ttest_rel(list(VALUES.values()), list(REFERENCE.values()))
    interval = expected.confidence_interval(0.95)
    assert result.mean == pytest.approx(np.mean(list(VALUES.values())) - np.mean(list(REFERENCE.values())))
    assert result.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert result.interval == pytest.approx([interval.low, interval.high])


def test_swapping_the_two_turns_the_difference_round() -> None:
    there, back = paired_difference(VALUES, REFERENCE), paired_difference(REFERENCE, VALUES)
    assert there is not None and back is not None
    assert back.mean == pytest.approx(-there.mean)
    assert back.interval == pytest.approx([-there.interval[1], -there.interval[0]])
    assert back.p == pytest.approx(there.p)


def test_seeds_are_paired_by_number_and_those_of_one_side_are_left_out() -> None:
    shuffled = {9: 5.0, **dict(reversed(REFERENCE.items()))}
    ours = paired_difference({**VALUES, 8: 100.0}, shuffled)
    assert ours == paired_difference(VALUES, REFERENCE)


def test_one_common_seed_has_a_difference_alone_and_none_has_nothing() -> None:
    assert paired_difference({0: 1.0, 1: 2.0}, {1: 5.0, 2: 0.0}) == Difference(-3.0)
    assert paired_difference({0: 1.0}, {1: 1.0}) is None
    assert paired_difference({}, {}) is None


@pytest.mark.parametrize(("shift", "p"), [(0.25, 0.0), (0.0, 1.0)])
def test_equal_differences_are_certain_without_a_warning(shift: float, p: float) -> None:
    reference = {0: 0.5, 1: 0.75, 2: 2.0}
    shifted = {seed: value + shift for seed, value in reference.items()}
    assert paired_difference(shifted, reference) == Difference(shift, [shift, shift], p)


def test_differences_equal_but_for_rounding_do_not_warn() -> None:
    """scipy's own test warns of cancellation here."""
    result = paired_difference({0: 0.3, 1: 0.4, 2: 0.7}, {0: 0.1, 1: 0.2, 2: 0.5})
    assert result is not None
    assert result.p < 1e-20 and result.interval == pytest.approx([0.2, 0.2])


def test_holm_by_hand() -> None:
    # ascending 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06, 0.04, and the last is raised to 0.06
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.01, None, 0.04, 0.03, None, 0.005]) == pytest.approx([0.03, None, 0.06, 0.06, None, 0.02])
    assert holm([0.7, 0.6]) == [1.0, 1.0]
    assert holm([0.2]) == [0.2]
    assert holm([None]) == [None]
    assert holm([]) == []


@given(P_VALUES)
def test_holm_is_its_closed_form(p_values: list[float | None]) -> None:
    """Adjusted p of i: the largest, over the tests j with p_j ≤ p_i, of (tests with p ≥ p_j) · p_j, at most 1."""
    known = [p for p in p_values if p is not None]
    for raw, adjusted in zip(p_values, holm(p_values), strict=True):
        if raw is None or adjusted is None:
            assert raw is adjusted is None
            continue
        expected = max(sum(other >= p for other in known) * p for p in known if p <= raw)
        assert math.isclose(adjusted, min(1.0, expected), rel_tol=1e-12)
        assert raw <= adjusted <= 1


@given(P_VALUES)
def test_holm_keeps_the_order_of_the_p_values(p_values: list[float | None]) -> None:
    pairs = [(p, adjusted) for p, adjusted in zip(p_values, holm(p_values), strict=True) if p is not None]
    ascending = sorted(pairs)
    assert [adjusted for _, adjusted in ascending] == sorted(adjusted for _, adjusted in pairs if adjusted is not None)


@given(P_VALUES, st.randoms(use_true_random=False))
def test_holm_does_not_depend_on_the_order_of_the_tests(p_values: list[float | None], random: object) -> None:
    order = list(range(len(p_values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    adjusted = holm(p_values)
    assert holm([p_values[place] for place in order]) == [adjusted[place] for place in order]
