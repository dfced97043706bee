"""The comparison as a whole, its trainings replaced by scores that are known."""

import logging
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

from mspe.ablation.config import AblationParams
from mspe.ablation.design import pooled_deviation
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.report import Report
from mspe.ablation.study import Run
from mspe.ablation.verdicts import half_width, judge
from mspe.common.errors import InterruptionError, MspeError
from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import Launcher, begin, declared, scores

EFFECTS = {"rwse": 0.05, "hkse": 0.10, "lappe": -0.05, "all": 0.15}
KNOWN = scores(EFFECTS, noise=0.01)


def plain(report: Report) -> Report:
    """A report without what differs between two computers or days."""
    return replace(report, about=replace(report.about, date=""))


def test_the_best_of_the_screen_are_confirmed_with_fresh_seeds(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    launcher.score = KNOWN
    report = begin(tmp_path, csl, declared()).compare()
    assert [variant.name for variant in report.confirmed] == ["all", "hkse"]
    assert {v.verdict.word for v in report.confirmed if v.verdict is not None} == {"better"}
    assert report.variant("rwse").confirm is None and report.variant("rwse").screen is not None
    seeds = {name: {run.seed for run in launcher.made if run.round == name} for name in ("screen", "confirm")}
    assert seeds == {"screen": {0, 1, 2}, "confirm": set(range(CONFIRM_SEED, CONFIRM_SEED + 6))}
    assert len(launcher.made) == len(set(launcher.made)) == 5 * 3 + 3 * 6


def test_a_verdict_is_that_of_the_confirming_differences_alone(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    """Recomputed from the scores: m comparisons, ρ of the parts, a margin of 5 % of the baseline's error."""
    launcher.score = KNOWN
    report = begin(tmp_path, csl, declared()).compare()
    baseline, other = ([KNOWN(Run("confirm", name, CONFIRM_SEED + n)) for n in range(6)] for name in ("none", "hkse"))
    differences = [value - base for value, base in zip(other, baseline, strict=True)]
    parts = csl.divide(CONFIRM_SEED).positions
    ratio = len(parts["test"]) / len(parts["train"])
    expected, verdict = judge(differences, 2, 0.05 * (1 - fmean(baseline)), minimized=False, ratio=ratio)
    variant = report.variant("hkse")
    assert variant.confirm is not None and variant.confirm.difference == expected and variant.verdict == verdict
    assert report.ratio == ratio and report.comparisons == 2


def test_each_seed_draws_its_own_split_the_same_for_all_variants(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    engine = begin(tmp_path, csl, declared())
    engine.compare()
    for seed in (0, 1, CONFIRM_SEED, CONFIRM_SEED + 5):
        assert engine.study.division(seed).positions == csl.divide(seed).positions
    assert engine.study.division(0).positions != engine.study.division(1).positions


def test_one_split_for_all_seeds_where_it_is_asked_for(tmp_path: Path, csl: UnsplitDataset, launcher: Launcher) -> None:
    engine = begin(tmp_path, csl, declared(splits="one"))
    (tmp_path / f"divisions/{CONFIRM_SEED}.json").unlink()
    assert engine.compare().ratio == 0.0
    assert engine.study.division(0).positions == engine.study.division(CONFIRM_SEED + 1).positions


@pytest.mark.parametrize("stop", [0, 1, 5, 6, 14, 15, 16, 30, 32])
def test_interrupted_anywhere_and_continued_the_report_is_equal(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher, stop: int
) -> None:
    launcher.score = KNOWN
    expected = begin(tmp_path / "whole", csl, declared()).compare()
    launcher.made.clear()
    launcher.stops_after = stop
    with pytest.raises(InterruptionError):
        begin(tmp_path / "stopped", csl, declared()).compare()
    report = begin(tmp_path / "stopped", csl, declared()).compare()
    assert plain(report) == plain(expected)
    assert len(launcher.made) == len(set(launcher.made)) == 33  # none is made twice


def test_a_failing_variant_is_shown_as_failed_and_not_chosen(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    launcher.score, launcher.fails = KNOWN, ["all"]
    report = begin(tmp_path, csl, declared()).compare()
    assert report.variant("all").failures == [f"screen, seed {seed}: the loss was NaN" for seed in range(3)]
    assert [variant.name for variant in report.confirmed] == ["hkse", "rwse"]


def test_without_a_baseline_there_is_no_verdict(tmp_path: Path, csl: UnsplitDataset, launcher: Launcher) -> None:
    launcher.score, launcher.fails = KNOWN, ["none"]
    report = begin(tmp_path, csl, declared()).compare()
    assert report.confirmed == [] and len(report.variant("none").failures) == 3 + 6


def test_named_variants_are_confirmed_whatever_the_screen_says(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    launcher.score = KNOWN
    report = begin(tmp_path, csl, declared(named=["lappe"], confirm={"best": 1, "seeds": 4})).compare()
    assert [(v.name, v.verdict.word) for v in report.confirmed if v.verdict] == [("all", "better"), ("lappe", "worse")]


def test_without_a_screen_all_are_confirmed(tmp_path: Path, csl: UnsplitDataset, launcher: Launcher) -> None:
    launcher.score = KNOWN
    report = begin(tmp_path, csl, declared(screen=None)).compare()
    assert len(report.confirmed) == 4 and all(variant.screen is None for variant in report.variants)


def test_more_seeds_decide_what_was_undecided_and_keep_what_is_done(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    ablation = declared(splits="one", screen=None, confirm={"seeds": 3}, variants=["none", "hkse"])
    launcher.score = scores({"hkse": 0.05}, noise=0.03)
    first = begin(tmp_path, csl, ablation).compare()
    (variant,) = first.confirmed
    assert variant.verdict is not None and variant.verdict.word == "undecided" and variant.verdict.more_seeds
    made = len(launcher.made)
    second = begin(tmp_path, csl, ablation).compare(more=True)
    assert launcher.made[made:] == [
        Run("confirm", name, CONFIRM_SEED + 3 + number)
        for number in range(variant.verdict.more_seeds)
        for name in ("none", "hkse")
    ]
    assert (first.looks, second.looks) == (1, 2) and second.variant("hkse").confirm is not None
    again = begin(tmp_path, csl, ablation).compare()
    assert plain(again) == plain(second)


def test_a_second_look_is_paid_for(tmp_path: Path, csl: UnsplitDataset, launcher: Launcher) -> None:
    """The interval after k looks is that of k m comparisons."""
    ablation = declared(splits="one", screen=None, confirm={"seeds": 3}, variants=["none", "hkse"])
    launcher.score = scores({"hkse": 0.05}, noise=0.03)
    begin(tmp_path, csl, ablation).compare()
    confirm = begin(tmp_path, csl, ablation).compare(more=True).variant("hkse").confirm
    assert confirm is not None
    base = [launcher.score(Run("confirm", "none", seed)) for seed in confirm.seeds]
    differences = [value - reference for value, reference in zip(confirm.values, base, strict=True)]
    assert confirm.difference == judge(differences, 2, 0.0, minimized=False)[0]


def test_nothing_is_added_where_all_is_decided(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher, caplog: pytest.LogCaptureFixture
) -> None:
    launcher.score = KNOWN
    begin(tmp_path, csl, declared()).compare()
    made = len(launcher.made)
    with caplog.at_level(logging.INFO):
        begin(tmp_path, csl, declared()).compare(more=True)
    assert len(launcher.made) == made and "no seeds are added: nothing is undecided" in caplog.text


def test_what_can_see_nothing_is_warned_about_before_the_rest_runs(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher, caplog: pytest.LogCaptureFixture
) -> None:
    launcher.score, launcher.stops_after = scores(EFFECTS, noise=0.2), 6  # after the pilot: two variants, three seeds
    with caplog.at_level(logging.INFO), pytest.raises(InterruptionError):
        begin(tmp_path, csl, declared()).compare()
    assert "can miss a difference of 10 %" in caplog.text and "smallest visible difference about" in caplog.text


def test_what_is_expected_rests_on_the_noise_of_full_trainings(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher, caplog: pytest.LogCaptureFixture
) -> None:
    """Short trainings may agree where full ones do not: the first three fresh seeds tell, before the others run."""
    quiet, noisy = scores(EFFECTS, noise=0.001), scores(EFFECTS, noise=0.05)
    launcher.score = lambda run: (quiet if run.round == "screen" else noisy)(run)
    launcher.stops_after = 5 * 3 + 3 * 3
    engine = begin(tmp_path, csl, declared())
    with caplog.at_level(logging.INFO), pytest.raises(InterruptionError):
        engine.compare()
    told = [line for line in caplog.messages if "smallest visible difference" in line]
    report = begin(tmp_path, csl, declared()).compare()
    first = [CONFIRM_SEED, CONFIRM_SEED + 1, CONFIRM_SEED + 2]
    names = [variant.name for variant in report.confirmed]
    differences = {
        name: [noisy(Run("confirm", name, s)) - noisy(Run("confirm", "none", s)) for s in first] for name in names
    }
    error = 1 - fmean(noisy(Run("confirm", "none", seed)) for seed in first)
    deviation = pooled_deviation(differences)
    assert deviation is not None
    assert report.plan.half_width == pytest.approx(half_width(deviation / error, 6, 2, report.ratio))
    assert report.plan.describe() in told and len(set(told)) == 3  # of the screen's pilot, of the screen, of these


def test_a_budget_plans_both_rounds(tmp_path: Path, csl: UnsplitDataset, launcher: Launcher) -> None:
    """Probed are 2 s an epoch and 4 s a start; the runs take 12 s each, which the second round is fitted to."""
    launcher.score = KNOWN
    ablation = declared(screen=None, confirm=None, minutes=10.0)
    report = begin(tmp_path, csl, ablation).compare()
    assert report.plan.budget == 600 and report.plan.screen_seeds in (0, 2, 3)
    assert all(variant.verdict is not None for variant in report.confirmed)


def test_other_graphs_are_refused_in_the_same_folder(tmp_path: Path, csl: UnsplitDataset, launcher: Launcher) -> None:
    begin(tmp_path, csl, declared()).compare()
    with pytest.raises(MspeError, match="holds a comparison on other graphs"):
        begin(tmp_path, replace(csl, graphs=csl.graphs[:100]), declared())


def test_a_changed_variant_is_trained_anew_and_no_other(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    launcher.score = KNOWN
    mine = {"mine": {"encodings": {"filters": {"heat": {"times": [2.0]}}}}}
    ablation = declared(variants=["none", "mine", "all"], definitions=mine, screen=None)
    begin(tmp_path, csl, ablation).compare()
    launcher.made.clear()
    mine["mine"]["encodings"]["filters"]["heat"]["times"] = [4.0]
    begin(tmp_path, csl, declared(variants=["none", "mine", "all"], definitions=mine, screen=None)).compare()
    assert {run.variant for run in launcher.made} == {"mine"} and len(launcher.made) == 6


@pytest.mark.slow
def test_studies_without_an_effect_claim_one_in_five_of_a_hundred_at_most(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher, unchecked: None
) -> None:
    """Through the whole engine: the screen's choice of the best does not flatter it. 5 % + 2.3 standard errors."""
    ablation: AblationParams = declared(splits="one", screen={"seeds": 2}, confirm={"best": 2, "seeds": 4})
    studies, claims = 100, 0
    for number in range(studies):
        launcher.score = scores({}, noise=0.03, seed=number + 1)
        report = begin(tmp_path / str(number), csl, ablation).compare()
        claims += any(v.verdict is not None and v.verdict.word in ("better", "worse") for v in report.confirmed)
    assert claims <= 5 + 2.3 * np.sqrt(studies * 0.05 * 0.95)
