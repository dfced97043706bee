"""Plans keep to their budget, in any order of the runs, and give up in the order that is promised."""

import heapq
import math
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mspe.ablation.design import floor, smallest_visible
from mspe.ablation.rounds import Plan, plan_rounds
from mspe.ablation.verdicts import half_width
from mspe.common.errors import MspeError

NAMES = ["none", "walk", "heat", "ppr", "wavelet", "spectrum", "all"]
COSTS = dict.fromkeys(NAMES, 5.0)
EPOCHS = 20


def plan(seconds: float, costs: dict[str, float] = COSTS, jobs: int = 1, **options: object) -> Plan:
    return plan_rounds(seconds, jobs, costs, 0.0, EPOCHS, "none", **options)


def test_a_budget_by_hand() -> None:
    """Per seed a screen takes 7 · 6 · 5 s = 210 s, a confirmation (3 + 1) · 20 · 5 s = 400 s."""
    result = plan(3700)
    assert (result.screen_seeds, result.screen_epochs) == (3, 6)
    assert (result.confirmed, result.confirm_seeds, result.epochs) == (3, 7, 20)
    assert result.seconds == 3 * 210 + 7 * 400
    assert plan(3 * 210 + 7 * 400).confirm_seeds == 7
    assert plan(3 * 210 + 7 * 400 - 1).confirm_seeds == 6


def test_a_smaller_budget_has_fewer_screen_seeds_then_fewer_confirmed_then_fewer_epochs() -> None:
    budgets = [3 * 210 + 5 * 400, 2 * 210 + 5 * 400, 2 * 210 + 5 * 300, 2 * 210 + 5 * 200, 2 * 210 + 5 * 190]
    results = [plan(budget) for budget in budgets]
    assert [result.screen_seeds for result in results] == [3, 2, 2, 2, 2]
    assert [result.confirmed for result in results] == [3, 3, 2, 1, 1]
    assert [result.epochs for result in results] == [20, 20, 20, 20, 19]
    assert all(result.confirm_seeds >= 5 and result.seconds <= result.budget for result in results)


def test_too_small_a_budget_says_what_would_do() -> None:
    """With 10 epochs, 3 in the screen: 2 · 7 · 3 · 5 s + 5 · 2 · 10 · 5 s = 710 s, above 210 s / 35 %."""
    assert plan(710).epochs == 10
    with pytest.raises(
        MspeError, match=r"^budget: got 12 minutes for 7 variants of 20 epochs, expected at least 12 minutes; allow"
    ):
        plan(709)
    with pytest.raises(MspeError, match=r"expected at least 12 minutes"):
        plan(60)
    assert plan(12 * 60).budget == 720


def test_a_rich_budget_confirms_all_without_a_screen() -> None:
    result = plan(10 * 7 * 100)
    assert (result.screen_seeds, result.screen_epochs, result.confirmed, result.confirm_seeds) == (0, 0, 6, 10)


def test_few_variants_need_no_screen() -> None:
    result = plan(2000, dict.fromkeys(NAMES[:4], 5.0))
    assert (result.screen_seeds, result.confirmed, result.confirm_seeds) == (0, 3, 5)


def test_named_variants_are_confirmed_beside_the_best() -> None:
    assert plan(6000, named=["walk", "all"]).confirmed == 5
    assert plan(2 * 210 + 5 * 300 - 1, named=["walk", "all", "none"]).confirmed == 2  # of the others none


def test_named_variants_alone_need_no_screen() -> None:
    result = plan(5 * 300, named=["walk", "all"])
    assert (result.confirmed, result.screen_seeds, result.confirm_seeds) == (2, 0, 5)


def test_those_that_may_be_confirmed_are_taken_to_be_the_slowest() -> None:
    costs = {**COSTS, "wavelet": 50.0}
    per_seed = 20 * (5 + 50 + 5 + 5)
    screen = 3 * 6 * (6 * 5 + 50)
    assert plan(screen + 5 * per_seed, costs).confirm_seeds == 5
    assert plan(screen + 5 * per_seed - 1, costs).screen_seeds == 2


def test_what_is_visible_is_of_the_second_round() -> None:
    result = plan(3700, deviation=0.05, ratio=0.125)
    assert result.smallest_visible == smallest_visible(0.05, 7, 3, 0.125)
    assert result.half_width == half_width(0.05, 7, 3, 0.125)
    assert result.floor == floor(0.05, 3, 0.125)
    unknown = plan(3700)
    assert (unknown.smallest_visible, unknown.half_width, unknown.floor, unknown.warning()) == (None, None, None, None)


def test_lines() -> None:
    assert plan(3700).describe() == (
        "62 minutes on 1 core: 7 variants screened with 3 seeds of 6 epochs, 3 confirmed with 7 of 20"
    )
    described = plan(7000, jobs=2, deviation=0.05).describe()
    assert described.startswith("117 minutes on 2 cores: 6 compared with 19 seeds of 20 epochs; smallest visible ")


def test_a_plan_that_can_miss_a_tenth_is_warned_of() -> None:
    assert plan(3700, deviation=0.05).warning() is None
    more = plan(3700, deviation=0.1).warning()
    assert more is not None and more.endswith("give it more time, more cores or fewer variants")
    more_data = plan(3700, deviation=0.1, ratio=0.2).warning()
    assert more_data is not None and more_data.endswith("use more data or one fixed split")


COST = st.floats(0.01, 100)


@settings(deadline=None, max_examples=30)
@given(st.lists(COST, min_size=1, max_size=9), COST, st.integers(1, 50), st.integers(1, 9), st.floats(1, 1e6))
def test_every_plan_keeps_its_promises(
    others: list[float], start: float, epochs: int, jobs: int, budget: float
) -> None:
    costs = {"none": 1.0, **{f"v{place}": cost for place, cost in enumerate(others)}}
    try:
        result = plan_rounds(budget, jobs, costs, start, epochs, "none", deviation=0.1)
    except MspeError:
        assert budget < 2 * 10 * (len(costs) * (start + 100 * epochs)) / 0.35
        return
    assert result == plan_rounds(budget, jobs, dict(reversed(costs.items())), start, epochs, "none", deviation=0.1)
    assert result.seconds <= budget * (1 + 1e-9)
    assert result.confirm_seeds >= 5 and 1 <= result.confirmed <= len(others)
    assert epochs >= result.epochs >= epochs / 2
    assert result.screen_seeds in {0, 2, 3} and (result.screen_seeds > 0 or result.screen_epochs == 0)
    assert result.screen_seeds or result.confirmed == len(others)


def test_the_estimate_holds_for_every_order_of_the_runs() -> None:
    """Two jobs, each taking the next run when it is free; 5 seeds of a fast baseline and a slow variant."""
    costs = {"none": 1.0, "walk": 7.0}
    result = plan_rounds(100 * EPOCHS, 2, costs, 0.0, EPOCHS, "none")
    runs = [1.0] * 5 + [7.0] * 5
    exact = plan_rounds((8 * 5 / 2 + 7 / 2) * EPOCHS, 2, costs, 0.0, EPOCHS, "none")
    assert (exact.confirm_seeds, exact.epochs) == (5, EPOCHS)
    assert all(_makespan(order, 2) * EPOCHS <= exact.seconds for order in set(permutations(runs[3:8])) | {tuple(runs)})
    assert result.confirm_seeds == math.floor((100 - 7 / 2) / (8 / 2))


def _makespan(runs: tuple[float, ...], jobs: int) -> float:
    free = [0.0] * jobs
    for run in runs:
        heapq.heapreplace(free, free[0] + run)
    return max(free)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seconds": math.nan}, r"^seconds: got nan, expected a finite number above 0$"),
        ({"jobs": 0}, r"^jobs: got 0, expected at least 1$"),
        ({"epochs": 0}, r"^epochs: got 0, expected at least 1$"),
        ({"start_seconds": -1.0}, r"^start_seconds: got -1.0, expected a finite number of at least 0$"),
        ({"seconds_per_epoch": {"none": 1.0, "walk": 0.0}}, r"^seconds_per_epoch.walk: got 0.0, expected"),
        ({"named": ["heat", "cold"]}, r"^variants: got cold, allowed: none, walk, heat, "),
        ({"seconds_per_epoch": {"none": 1.0}}, r"^variants: got none alone, expected another one"),
    ],
)
def test_what_cannot_be_planned_is_refused(changes: dict, message: str) -> None:
    arguments = {
        "seconds": 100.0,
        "jobs": 1,
        "seconds_per_epoch": COSTS,
        "start_seconds": 0.0,
        "epochs": EPOCHS,
        "baseline": "none",
    }
    with pytest.raises(MspeError, match=message):
        plan_rounds(**{**arguments, **changes})
