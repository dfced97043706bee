"""The report that is built from runs on disk."""

from pathlib import Path

import pytest

from mspe.ablation.build import paired
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.records import FailedRun, FinishedRun, MissingRun, Record, read_run
from mspe.ablation.report import Report
from mspe.ablation.study import Run, Study
from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import Launcher, begin, declared, scores, write_run

KNOWN = scores({"hkse": 0.2}, noise=0.01)


@pytest.fixture
def report(tmp_path: Path, csl: UnsplitDataset, launcher: Launcher) -> Report:
    launcher.score = KNOWN
    return begin(tmp_path, csl, declared(variants=["none", "hkse"], screen=None, splits="one")).compare()


def test_differences_are_of_the_seeds_that_both_have(tmp_path: Path, csl: UnsplitDataset) -> None:
    study = begin(tmp_path, csl, declared()).study
    study.write_variants("confirm", begin(tmp_path, csl, declared()).variants)
    none, hkse = Run("confirm", "none", CONFIRM_SEED), Run("confirm", "hkse", CONFIRM_SEED)
    write_run(study, none, 0.5)
    write_run(study, hkse, 0.75)
    finished: list[Record] = [read_run(study, none)]
    others: list[Record] = [read_run(study, hkse), FailedRun(Run("confirm", "hkse", 1001), "why")]
    assert all(isinstance(run, FinishedRun) for run in (finished[0], others[0]))
    assert paired(others, [*finished, MissingRun(Run("confirm", "none", 1002))]) == {CONFIRM_SEED: 0.25}


def test_what_it_is_about_is_told_in_words(report: Report) -> None:
    about = report.about
    assert (about.dataset, about.graphs, about.metric, about.minimized) == ("csl", 150, "accuracy", False)
    assert about.splits == "one split for all seeds" and "4 epochs of batches of 32" in about.training
    assert about.seconds == 12.0 * 12 and about.environment == ["2 x CPU", "commit abc1234"]


def test_the_change_in_each_range_of_sizes_is_that_of_its_graphs(report: Report, tmp_path: Path) -> None:
    """Recomputed from the predictions: of classes an error is 1 where the class is wrong."""
    study = Study.open(tmp_path)
    (part,) = report.variant("hkse").by_size["nodes"]  # all graphs have 41 nodes
    assert (part.bin.first, part.bin.last, part.bin.graphs) == (41, 41, 150)
    expected = []
    for seed in range(CONFIRM_SEED, CONFIRM_SEED + 6):
        samples = len(study.division(seed).positions["test"])
        wrong = [1 - round(KNOWN(Run("confirm", name, seed)) * samples) / samples for name in ("hkse", "none")]
        expected.append(wrong[0] - wrong[1])
    assert part.difference is not None
    assert part.difference.mean == pytest.approx(sum(expected) / len(expected), abs=0.02)


def test_costs_are_medians_and_curves_means(report: Report) -> None:
    variant = report.variant("hkse")
    assert variant.costs is not None
    assert (variant.costs.parameters, variant.costs.epoch_seconds, variant.costs.peak_memory_mb) == (1000, 3.0, 500)
    assert variant.curve["epoch"] == [1, 2] and variant.curve["val_loss"] == [2.0, 1.5]


def test_the_shares_are_of_the_baselines_error(report: Report) -> None:
    variant, base = report.variant("hkse"), report.variant("none")
    assert variant.confirm is not None and base.confirm is not None and variant.confirm.difference is not None
    share = report.share(variant.confirm.difference.mean)
    assert share == pytest.approx(-variant.confirm.difference.mean / (1 - base.confirm.mean))
    assert report.baseline_error == pytest.approx(1 - base.confirm.mean)
