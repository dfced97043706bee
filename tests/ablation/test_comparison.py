"""From the folders of runs to the report: statistics against scipy, families of tests, what cannot be compared."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

from mspe.ablation.comparison import build_report, shared_task
from mspe.ablation.records import read_runs
from mspe.ablation.report import Report
from mspe.ablation.text import format_report
from mspe.common.csv_files import write_csv
from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.json_files import write_json
from tests.ablation.fake_runs import (
    COST,
    PREDICTIONS,
    RESULT,
    SCORES,
    SEEDS,
    by_name,
    report_of,
    write_run,
    write_scores,
)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    write_scores(tmp_path, SCORES)
    return report_of(tmp_path, SCORES)


def test_means_differences_and_p_values_agree_with_scipy(report: Report) -> None:
    variants = by_name(report)
    assert list(variants) == list(SCORES) and report.seeds == [0, 1, 2]
    assert report.to_json()["scores"] == pytest.approx({name: np.mean(values) for name, values in SCORES.items()})
    raw = {}
    for name, values in SCORES.items():
        variant = variants[name]
        assert (variant["status"], variant["seeds"], variant["scores"]) == ("finished", [0, 1, 2], values)
        assert variant["std"] == pytest.approx(np.std(values, ddof=1))
        expected = scipy.stats.t.interval(0.95, 2, np.mean(values), scipy.stats.sem(values))
        assert variant["interval"] == pytest.approx(expected)
        if name == "none":
            assert variant["difference"] is None
            continue
        test = scipy.stats.ttest_rel(values, SCORES["none"])
        raw[name] = variant["difference"]["p"]
        assert variant["difference"]["p"] == pytest.approx(test.pvalue)
        assert variant["difference"]["interval"] == pytest.approx(list(test.confidence_interval(0.95)))
    ascending = sorted(raw, key=lambda name: raw[name])
    stepped = np.maximum.accumulate([raw[name] * (len(raw) - rank) for rank, name in enumerate(ascending)])
    for name, expected in zip(ascending, np.minimum(stepped, 1), strict=True):
        assert variants[name]["difference"]["p_holm"] == pytest.approx(expected)


def test_verdicts_follow_the_adjusted_p_value_and_the_direction_of_the_metric(tmp_path: Path) -> None:
    verdicts = ["the baseline", "better than none", "better than none", "not distinguishable from noise"]
    for minimized, last in ((True, "worse than none"), (False, "better than none")):
        write_scores(tmp_path, SCORES, minimized=minimized)
        found = [variant["verdict"] for variant in report_of(tmp_path, SCORES).to_json()["variants"]]
        swapped = [verdict.replace("better", "worse") for verdict in verdicts]
        assert found == [*(verdicts if minimized else swapped), last]


def test_what_is_left_out_of_the_whole_bank_is_a_family_of_its_own(report: Report) -> None:
    variants = by_name(report)
    assert all(variants[name]["difference_to_all"] is None for name in ("none", "all", "only_walk"))
    raw = {name: scipy.stats.ttest_rel(SCORES[name], SCORES["all"]) for name in ("without_heat", "without_walk")}
    assert raw["without_walk"].pvalue < raw["without_heat"].pvalue < 0.05
    for name, factor in (("without_walk", 2), ("without_heat", 1)):
        difference = variants[name]["difference_to_all"]
        assert difference["mean"] == pytest.approx(np.mean(SCORES[name]) - np.mean(SCORES["all"]))
        assert difference["p_holm"] == pytest.approx(factor * raw[name].pvalue)


def test_nothing_is_compared_with_all_where_it_is_absent_or_the_baseline(tmp_path: Path) -> None:
    write_scores(tmp_path, SCORES)
    assert by_name(report_of(tmp_path, ["none", "without_heat"]))["without_heat"]["difference_to_all"] is None
    report = report_of(tmp_path, SCORES, baseline="all")
    assert {variant["difference_to_all"] for variant in report.to_json()["variants"]} == {None}
    assert by_name(report)["without_walk"]["verdict"] == "worse than all"
    assert format_report(report).count("difference to all") == 1


def test_costs_are_medians_and_gates_means_over_seeds(tmp_path: Path) -> None:
    for seed, seconds in enumerate([3.0, None, 5.0]):  # the second was resumed when all its epochs were done
        gates = {"node": {"walk(1)": 1.0 + seed, f"heat({seed})": 2.0}}
        path = write_run(tmp_path, "all", seed, 0.5, gates=gates)
        cost = {"epoch_seconds": seconds, "peak_memory_mb": 500 + seed, "environment": ["2 x CPU", f"commit {seed}"]}
        write_json(path / "cost.json", {**COST, **cost})
    report = report_of(tmp_path, ["all"], baseline="all")
    (variant,) = report.to_json()["variants"]
    assert (variant["parameters"], variant["encode_seconds"]) == (1000, 0.5)
    assert (variant["epoch_seconds"], variant["peak_memory_mb"]) == (4.0, 501)
    nodes = {"walk(1)": 2.0, "heat(0)": 2.0, "heat(1)": 2.0, "heat(2)": 2.0}
    assert variant["gates"] == {"node": nodes}
    assert report.environment == ["2 x CPU", "commit 0", "commit 1", "commit 2"]


def test_errors_by_size_are_means_of_the_graphs_of_each_bin_over_seeds(tmp_path: Path) -> None:
    write_scores(tmp_path, {"none": [0.5, 0.5]})
    write_csv(tmp_path / "none/1/predictions.csv", {**PREDICTIONS, "prediction": [3.0, 3.0, 7.0]})
    report = report_of(tmp_path, ["none"], seeds=(0, 1))
    (variant,) = report.to_json()["variants"]
    assert report.to_json()["bins"] == {
        "nodes": [
            {"from": 3, "to": 3, "graphs": 1},
            {"from": 4, "to": 5, "graphs": 1},
            {"from": 6, "to": 8, "graphs": 1},
        ],
        "diameter": [{"from": 1, "to": 1, "graphs": 1}, {"from": 2, "to": 4, "graphs": 2}],
    }
    assert (variant["error_by_nodes"], variant["error_by_diameter"]) == ([1.0, 1.0, 3.0], [1.0, 2.0])


def test_samples_that_are_not_graphs_have_no_errors_by_size(tmp_path: Path) -> None:
    write_scores(tmp_path, SCORES, target_level="node")
    report = build_report(read_runs(tmp_path, SCORES, SEEDS), "none", {}, None)
    assert report.to_json()["bins"] == {"nodes": None, "diameter": None}
    assert {variant["error_by_nodes"] for variant in report.to_json()["variants"]} == {None}


def test_predictions_of_other_graphs_are_refused(tmp_path: Path) -> None:
    path = write_run(tmp_path, "none", 0, 0.5)
    write_csv(path / "predictions.csv", {name: values[:2] for name, values in PREDICTIONS.items()})
    with pytest.raises(MspeError, match=r"^variant none, seed 0: its predictions are of 2 graphs, but .* split has 3;"):
        report_of(tmp_path, ["none"], seeds=(0,))


@pytest.mark.parametrize(("key", "value"), [("metric", "rmse"), ("split", "val"), ("minimized", False)])
def test_runs_that_cannot_be_compared_are_refused_in_one_line(tmp_path: Path, key: str, value: Any) -> None:
    write_scores(tmp_path, SCORES)
    write_run(tmp_path, "all", 1, 0.5, **{key: value})
    with pytest.raises(MspeError) as error:
        report_of(tmp_path, SCORES)
    expected = f"{key} is {value} for variant all, seed 1, but {RESULT[key]} for variant none, seed 0"
    assert expected in str(error.value) and "\n" not in str(error.value)


def test_without_any_score_there_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"^no run of the ablation has finished; run `python -m mspe.ablation`$"):
        shared_task(read_runs(tmp_path, ["none"], SEEDS))
    write_text(tmp_path / "none/1/failed.txt", "out of memory")
    with pytest.raises(MspeError, match=r"finished \(variant none, seed 1: out of memory\); run"):
        shared_task(read_runs(tmp_path, ["none"], SEEDS))


def test_one_seed_is_compared_but_not_tested(tmp_path: Path) -> None:
    write_scores(tmp_path, {"none": [0.9], "all": [0.5]})
    whole = by_name(report_of(tmp_path, ["none", "all"], seeds=(0,)))["all"]
    assert (whole["mean"], whole["std"], whole["interval"]) == (0.5, None, None)
    assert whole["difference"]["mean"] == pytest.approx(-0.4)
    assert {whole["difference"][key] for key in ("interval", "p", "p_holm", "distinguishable")} == {None}
    assert whole["verdict"] == "one seed: no test possible"


def test_equal_scores_are_not_distinguishable_and_do_not_warn(tmp_path: Path) -> None:
    write_scores(tmp_path, {"none": [0.5, 0.5, 0.5], "all": [0.5, 0.5, 0.5], "rwse": [0.25, 0.25, 0.25]})
    variants = by_name(report_of(tmp_path, ["none", "all", "rwse"]))
    assert variants["all"]["difference"]["interval"] == [0.0, 0.0]
    assert variants["all"]["difference"]["p_holm"] == 1.0
    assert variants["all"]["verdict"] == "not distinguishable from noise"
    assert (variants["rwse"]["difference"]["p_holm"], variants["rwse"]["verdict"]) == (0.0, "better than none")


def test_a_failed_baseline_leaves_nothing_to_compare_with(tmp_path: Path) -> None:
    write_scores(tmp_path, {"all": [0.5, 0.6, 0.7]})
    write_text(tmp_path / "none/0/failed.txt", "out of memory")
    variants = by_name(report_of(tmp_path, ["none", "all"]))
    assert (variants["none"]["status"], variants["none"]["verdict"]) == ("failed", "failed")
    assert variants["none"]["reasons"] == ["seed 0: out of memory"]
    assert variants["all"]["difference"] is None
    assert variants["all"]["verdict"] == "no comparison: none has no scores"


def test_an_incomplete_variant_is_compared_over_the_seeds_that_it_has(tmp_path: Path) -> None:
    write_scores(tmp_path, {"none": [0.9, 0.94, 0.91]})
    for seed, score in ((0, 0.5), (1, None), (2, 0.55)):
        write_run(tmp_path, "all", seed, score)
    write_run(tmp_path, "rwse", 1, 0.6)
    report = report_of(tmp_path, ["none", "all", "rwse", "rrwp"])
    variants = by_name(report)
    assert [variants[name]["status"] for name in variants] == ["finished", "failed", "missing", "missing"]
    assert (variants["all"]["seeds"], variants["all"]["scores"]) == ([0, 2], [0.5, 0.55])
    assert variants["all"]["reasons"] == ["seed 1: mae is not defined on the test split"]
    assert variants["all"]["difference"]["p"] == pytest.approx(scipy.stats.ttest_rel([0.5, 0.55], [0.9, 0.91]).pvalue)
    assert (variants["rwse"]["verdict"], variants["rrwp"]["verdict"]) == ("one seed: no test possible", "missing")
    assert "rrwp" not in report.to_json()["scores"]
    json.dumps(report.to_json(), allow_nan=False)


def test_seeds_that_do_not_meet_are_not_compared(tmp_path: Path) -> None:
    write_run(tmp_path, "none", 0, 0.9)
    write_run(tmp_path, "all", 1, 0.5)
    whole = by_name(report_of(tmp_path, ["none", "all"]))["all"]
    assert (whole["difference"], whole["verdict"]) == (None, "no comparison: no seed in common with none")
