"""What is planned once and kept, and what makes it be planned anew."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mspe.ablation.config import AblationParams
from mspe.ablation.plans import CONFIRM_SEED, Rounds, read_or_plan
from mspe.ablation.study import Study
from mspe.common.errors import MspeError
from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import declared, expanded, probed

BUDGET = {"screen": None, "confirm": None}


@pytest.fixture
def study(tmp_path: Path, csl: UnsplitDataset) -> Study:
    return Study.begin(tmp_path, csl)


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the variants that are timed, 2 s an epoch and 4 s besides, in order."""
    names: list[str] = []

    def call(commands: Mapping[str, Sequence[str]], jobs: int, device: str) -> None:
        names.extend(commands)
        probed(commands, jobs)

    monkeypatch.setattr("mspe.ablation.plans.call", call)
    return names


def planned(study: Study, ablation: AblationParams, jobs: int = 2) -> Rounds:
    return read_or_plan(study, expanded(study, ablation), ablation, jobs)


def test_a_declared_comparison_is_planned_as_it_is_declared(study: Study, timed: list[str]) -> None:
    rounds = planned(study, declared())
    plan = rounds.what
    assert (plan.screen_seeds, plan.confirmed, plan.confirm_seeds, plan.epochs) == (3, 2, 6, 4)
    assert plan.screen_epochs == 1 and plan.budget is None  # a third of 4
    assert set(rounds.timings) == set(declared().variants) and rounds.confirmed is None and rounds.looks == ()


def test_the_epochs_of_a_screen_may_be_declared(study: Study, timed: list[str]) -> None:
    assert planned(study, declared(screen={"seeds": 2, "epochs": 3})).what.screen_epochs == 3


def test_without_a_screen_all_are_compared_with_the_baseline(study: Study, timed: list[str]) -> None:
    rounds = planned(study, declared(screen=None))
    assert rounds.what.confirmed == 4 and rounds.screen_seeds == [] and rounds.what.screen_epochs == 0


def test_a_declared_comparison_is_told_its_time(study: Study, timed: list[str]) -> None:
    """Graham's bound: n runs of 4 + 4 · 2 = 12 s, two at a time, take at most 12 n / 2 + 12 / 2."""
    plan = planned(study, declared(screen=None)).what
    assert plan.seconds == pytest.approx(5 * 6 * 12 / 2 + 12 / 2)


def test_a_budget_plans_both_rounds_and_is_kept(study: Study, timed: list[str]) -> None:
    plan = planned(study, declared(**BUDGET, minutes=10.0)).what
    assert plan.budget == 600 and plan.seconds <= 600 and plan.confirm_seeds >= 5
    more = planned(study, declared(**BUDGET, minutes=20.0)).what
    assert more.confirm_seeds > plan.confirm_seeds and more.seconds <= 1200


def test_more_jobs_do_more_in_the_same_budget(study: Study, timed: list[str], tmp_path: Path) -> None:
    ablation = declared(**BUDGET, minutes=10.0)
    one = planned(study, ablation, jobs=1).what
    (tmp_path / "plan.json").unlink()
    assert planned(study, ablation, jobs=4).what.confirm_seeds > one.confirm_seeds


def test_a_budget_that_is_too_small_is_refused_with_one_that_would_do(study: Study, timed: list[str]) -> None:
    with pytest.raises(MspeError, match=r"budget: got 6 seconds for 5 variants .* expected at least (\d+) seconds;"):
        planned(study, declared(**BUDGET, minutes=0.1))
    assert not (study.folder / "plan.json").exists()
    with pytest.raises(MspeError) as error:
        planned(study, declared(**BUDGET, minutes=0.1))
    least = int(str(error.value).split("at least ")[1].split(" seconds")[0])
    assert planned(study, declared(**BUDGET, minutes=least / 60)).what.confirm_seeds >= 2
    with pytest.raises(MspeError, match="expected at least"):
        planned(study, declared(**BUDGET, minutes=(least - 2) / 60))


def test_a_plan_is_kept_for_the_same_declaration(study: Study, timed: list[str]) -> None:
    first = planned(study, declared()).model_copy(update={"confirmed": ("none", "hkse"), "looks": (6,)})
    first.save(study)
    count = len(timed)
    assert planned(Study.open(study.folder), declared()) == first and len(timed) == count


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_plan_is_kept_with_other_jobs(study: Study, timed: list[str], jobs: int) -> None:
    """A comparison that is continued on another machine goes on with the same seeds."""
    first = planned(study, declared(**BUDGET, minutes=10.0))
    assert planned(study, declared(**BUDGET, minutes=10.0), jobs) == first


@pytest.mark.parametrize(
    "changes",
    [
        {"confirm": {"best": 2, "seeds": 7}},
        {"screen": {"seeds": 2}},
        {"variants": ["none", "rwse", "hkse", "all"]},
        {"named": ["rwse"]},
        {"baseline": "rwse"},
        {"training": {"epochs": 8}},
        {"margin": 0.1},
        {"splits": "one"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_changed_declaration_is_planned_anew(study: Study, timed: list[str], changes: dict[str, object]) -> None:
    first = planned(study, declared()).model_copy(update={"confirmed": ("none", "hkse"), "looks": (6,)})
    first.save(study)
    second = planned(study, declared(**changes))
    assert second.declaration != first.declaration and second.confirmed is None and second.looks == ()
    assert planned(study, declared(**changes)) == second


def test_another_scored_part_is_planned_anew(study: Study, csl: UnsplitDataset, timed: list[str]) -> None:
    """Its verdicts are others, so that looks are counted anew."""
    planned(study, declared()).model_copy(update={"looks": (6,)}).save(study)
    assert planned(Study.begin(study.folder, csl, split="val"), declared()).looks == ()


def test_the_rounds_have_no_seed_in_common(study: Study, timed: list[str]) -> None:
    """At the most seeds that may be declared, and after seeds were added."""
    rounds = planned(study, declared(screen={"seeds": 100}, confirm={"seeds": 1000}))
    assert len(set(rounds.screen_seeds)) == 100 and len(set(rounds.confirm_seeds)) == 1000
    assert not set(rounds.screen_seeds) & set(rounds.confirm_seeds) and rounds.confirm_seeds[0] == CONFIRM_SEED


def test_added_seeds_go_on_where_the_others_end(study: Study, timed: list[str]) -> None:
    rounds = planned(study, declared())
    more = planned(study, declared(confirm={"best": 2, "seeds": 9}))
    assert more.confirm_seeds[:6] == rounds.confirm_seeds


def test_of_variants_that_take_the_same_time_one_is_timed(study: Study, timed: list[str]) -> None:
    rounds = planned(study, declared(variants=["none", "only_heat", "only_walk", "only_walk_2"], screen=None))
    assert timed.count("only_walk") == 1 and "only_walk_2" not in timed and len(rounds.timings) == 4


def test_a_variant_with_another_model_is_timed_itself(study: Study, timed: list[str]) -> None:
    deep = {"deep": {"model": {"num_layers": 2}}}
    planned(study, declared(variants=["none", "hkse", "deep"], definitions=deep, screen=None))
    assert "deep" in timed


def test_a_variant_with_epochs_of_its_own_is_refused(study: Study, timed: list[str]) -> None:
    long = {"long": {"training": {"epochs": 9}}}
    message = "^variant long: training.epochs is 9, allowed: 4, as of none; set it for all variants, in training$"
    with pytest.raises(MspeError, match=message):
        planned(study, declared(variants=["none", "long"], definitions=long, screen=None))
    assert timed == []


def test_a_damaged_plan_is_one_line(study: Study, timed: list[str]) -> None:
    planned(study, declared())
    path = study.folder / "plan.json"
    path.write_text(path.read_text().replace('"confirm_seeds": 6', '"confirm_seeds": 5'))
    with pytest.raises(MspeError, match=r"plan\.json: damaged, or edited by hand"):
        planned(study, declared())
