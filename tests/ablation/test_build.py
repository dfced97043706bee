"""The report that is built from runs on disk."""

from collections.abc import Sequence
from pathlib import Path

import networkx
import pytest
import torch
from torch_geometric.data import Data

from mspe.ablation.answer import answer
from mspe.ablation.build import paired
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.records import FailedRun, FinishedRun, MissingRun, Record, read_run
from mspe.ablation.report import Report
from mspe.ablation.study import Run, Study
from mspe.ablation.verdicts import half_width
from mspe.dataset import DatasetParams, UnsplitDataset, read_unsplit, unsplit_graphs
from mspe.dataset.synthetic.config import SyntheticParams
from mspe.pipeline.buckets import quantile_buckets, sample_rows, sample_values
from tests.ablation.fake_runs import Launcher, begin, declared, probed, scores, write_run

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
    (part,) = report.variant("hkse").buckets["size"]  # all graphs have 41 nodes
    assert (part.bucket.first, part.bucket.last, part.bucket.samples) == (41, 41, 150)
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


def far_errors(
    monkeypatch: pytest.MonkeyPatch, folder: Path, dataset: UnsplitDataset, by: str | None, errors: dict[str, float]
) -> Report:
    """The comparison of runs whose errors are these, by variant, beyond the nearest bucket of distances, and 1 in it.

    Of pairs an error is a wrong prediction.
    """
    schema = dataset.divide(CONFIRM_SEED).schema
    distances = sample_values("distance", dataset.graphs, schema.target_level)
    nearest = quantile_buckets(distances)[0]

    def launch(study: Study, runs: Sequence[Run], jobs: int) -> None:
        for run in runs:
            positions = torch.tensor(study.division(run.seed).positions["test"])
            own = distances[sample_rows(dataset.graphs, schema.target_level, positions)]
            noise = 1e-3 * (run.seed % 7) * (run.variant != "none")
            wrong = torch.where(own > nearest.last, errors[run.variant] + noise, 1.0)
            table = {"index": list(range(len(own))), "target": [0.0] * len(own), "prediction": wrong.tolist()}
            described = {"metric": schema.metric, "minimized": schema.metric == "mae", "task_type": schema.task_type}
            level = {"target_level": schema.target_level, "loss": schema.loss}
            write_run(study, run, 0.5 + 1e-3 * (run.seed % 7), table, **described, **level)

    monkeypatch.setattr("mspe.ablation.engine.launch", launch)
    monkeypatch.setattr("mspe.ablation.plans.call", probed)
    ablation = declared(variants=["none", "hkse"], screen=None, splits="one", by=by)
    return begin(folder, dataset, ablation).compare()


@pytest.fixture(scope="module")
def nodes() -> UnsplitDataset:
    return read_unsplit(DatasetParams(name="synthetic", synthetic=SyntheticParams(graphs=30, size=(12, 12), degree=3)))


def test_nodes_are_judged_by_their_distance_from_the_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nodes: UnsplitDataset
) -> None:
    report = far_errors(monkeypatch, tmp_path, nodes, None, {"none": 1.0, "hkse": 0.6})
    assert report.about.distance == "hops to the source of the answer, as the dataset gives them"
    assert set(report.variant("hkse").buckets) == {"distance"} and not report.variant("none").buckets
    parts = report.variant("hkse").buckets["distance"]
    assert sum(part.bucket.samples for part in parts) == 30 * 12 and parts[0].bucket.first == 0
    for part in parts:
        assert part.difference is not None and part.verdict is not None and part.baseline_error is not None
        far = part != parts[0]
        assert part.difference.mean == pytest.approx(-0.4 if far else 0.0, abs=0.01)
        assert part.verdict.word == ("better" if far else "same")
    assert f"hkse helps beyond {parts[0].bucket.last} hop" in answer(report)


def test_the_intervals_of_buckets_are_corrected_for_their_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nodes: UnsplitDataset
) -> None:
    report = far_errors(monkeypatch, tmp_path, nodes, "distance", {"none": 1.0, "hkse": 0.6})
    parts = report.variant("hkse").buckets["distance"]
    for part in parts:
        found = part.difference
        assert found is not None and found.deviation is not None and found.low is not None and found.high is not None
        half = half_width(found.deviation, found.seeds, comparisons=len(parts), ratio=report.ratio)
        assert found.high - found.low == pytest.approx(2 * half, abs=1e-12) and (half > 0) == (part != parts[0])


def test_pairs_are_judged_by_their_shortest_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    network = networkx.random_regular_graph(3, 60, seed=1)
    one = Data(edge_index=torch.tensor(list(network.edges)).T, num_nodes=60)
    pairs = unsplit_graphs([one], task="edge_prediction")
    report = far_errors(monkeypatch, tmp_path, pairs, None, {"none": 1.0, "hkse": 0.0})
    parts = report.variant("hkse").buckets["distance"]
    assert report.about.target_level == "edge" and parts[0].bucket.first == 2  # the scored edge itself is hidden
    words = [part.verdict.word for part in parts if part.verdict is not None]
    assert len(words) > 1 and words == ["same"] + ["better"] * (len(words) - 1)


def test_what_is_told_by_changes_no_plan_and_none_leaves_it_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nodes: UnsplitDataset
) -> None:
    errors = {"none": 1.0, "hkse": 0.6}
    first = far_errors(monkeypatch, tmp_path, nodes, "none", errors)
    assert first.variant("hkse").buckets == {}
    assert set(far_errors(monkeypatch, tmp_path, nodes, "size", errors).variant("hkse").buckets) == {"size"}
    assert far_errors(monkeypatch, tmp_path, nodes, None, errors).looks == first.looks == 1
