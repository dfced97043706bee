"""From the folders of runs to the report, with made-up numbers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch

from mspe.ablation.comparison import build_report, shared_task
from mspe.ablation.records import FailedRun, FinishedRun, MissingRun, read_runs, read_tables
from mspe.ablation.report import Report
from mspe.ablation.text import format_report, report_table
from mspe.common.errors import MspeError
from mspe.common.files import read_csv, write_csv, write_json, write_text

SEEDS = (0, 1, 2)
SCORES = {
    "none": [0.90, 0.94, 0.91],
    "all": [0.50, 0.55, 0.50],
    "only_walk": [0.60, 0.65, 0.61],
    "without_heat": [0.93, 0.90, 0.92],
    "without_walk": [1.50, 1.52, 1.49],
}
RESULT = {
    "split": "test",
    "metric": "mae",
    "minimized": True,
    "task_type": "regression",
    "target_level": "graph",
    "loss": "mae",
    "scores": {"mae": 0.5, "rmse": 0.7},
    "parameters": 1000,
    "best_epoch": 3,
    "gates": {},
}
COST = {
    "encode_seconds": 0.5,
    "epoch_seconds": 3.0,
    "peak_memory_mb": 500,
    "seconds": 60.0,
    "threads": 2,
    "environment": ["2 x CPU", "commit abc1234"],
}
SIZES = {"nodes": torch.tensor([3, 5, 8]), "diameter": torch.tensor([1, 4, 4])}
PREDICTIONS = {"index": [0, 1, 2], "target": [1.0, 2.0, 4.0], "prediction": [1.0, 3.0, 7.0]}


def write_run(folder: Path, variant: str, seed: int, score: float | None, **result: Any) -> Path:
    path = folder / variant / str(seed)
    write_json(path / "result.json", {"variant": variant, "seed": seed, "score": score, **RESULT, **result})
    write_json(path / "cost.json", COST)
    write_csv(path / "predictions.csv", PREDICTIONS)
    return path


def write_scores(folder: Path, scores: Mapping[str, list[float]], **result: Any) -> None:
    for variant, values in scores.items():
        for seed, score in enumerate(values):
            write_run(folder, variant, seed, score, **result)


def report_of(folder: Path, variants: Any, baseline: str = "none", seeds: tuple[int, ...] = SEEDS) -> Report:
    runs = read_runs(folder, variants, seeds)
    return build_report(runs, baseline, read_tables(folder, runs, "predictions.csv"), SIZES)


def by_name(report: Report) -> dict[str, dict[str, Any]]:
    return {variant["name"]: variant for variant in report.to_json()["variants"]}


@pytest.fixture
def report(tmp_path: Path) -> Report:
    write_scores(tmp_path, SCORES)
    return report_of(tmp_path, SCORES)


def test_a_run_is_finished_failed_or_missing(tmp_path: Path) -> None:
    write_run(tmp_path, "all", 0, 0.5)
    write_text(tmp_path / "all/1/failed.txt", "the loss was NaN\n\nepoch 1/25 …\nerror: the loss was NaN\n")
    write_run(tmp_path, "all", 2, None)
    write_text(write_run(tmp_path, "all", 3, 0.7) / "failed.txt", "an earlier attempt")
    first, *others, last, missing = read_runs(tmp_path, ["all"], [0, 1, 2, 3, 4])
    assert isinstance(first, FinishedRun) and isinstance(last, FinishedRun)
    assert (first.score, first.result.metric, first.cost.epoch_seconds, last.score) == (0.5, "mae", 3.0, 0.7)
    assert others == [
        FailedRun("all", 1, "the loss was NaN"),
        FailedRun("all", 2, "mae is not defined on the test split"),
    ]
    assert missing == MissingRun("all", 4)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"split": "te', "not valid JSON"),
        (b"\xff\xfe\x00", "utf-8"),
        (json.dumps(RESULT).encode(), "score: missing"),
        (json.dumps({**RESULT, "score": "0.5"}).encode(), "score: got '0.5', input should be a valid number"),
        (json.dumps({**RESULT, "score": float("nan")}).encode(), "score: got nan"),
    ],
)
def test_a_damaged_result_is_one_line_that_names_the_file(tmp_path: Path, content: bytes, reason: str) -> None:
    path = write_run(tmp_path, "all", 0, 0.5) / "result.json"
    path.write_bytes(content)
    with pytest.raises(MspeError) as error:
        read_runs(tmp_path, ["all"], [0])
    message = str(error.value)
    assert message.startswith(f"{path}: ") and message.count(str(path)) == 1 and "\n" not in message
    assert reason in message and message.endswith(f"remove {path.parent} and run `python -m mspe.ablation` again")


@pytest.mark.parametrize("content", ["", "index,target,prediction\n0,1.0", "index,target,prediction\n0,1.0,x"])
def test_a_damaged_table_is_one_line_that_names_the_file(tmp_path: Path, content: str) -> None:
    path = write_run(tmp_path, "all", 0, 0.5) / "predictions.csv"
    path.write_text(content)
    with pytest.raises(MspeError, match=r"predictions\.csv: .*; remove .* and run `python -m mspe.ablation` again$"):
        read_tables(tmp_path, read_runs(tmp_path, ["all"], [0]), "predictions.csv")


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


def test_the_table_holds_the_reports_numbers(report: Report, tmp_path: Path) -> None:
    table = report_table(report)
    assert ",".join(table) == (
        "name,status,seeds,mean,std,low,high,difference,difference_low,difference_high,p,p_holm,difference_to_all,"
        "verdict,parameters,encode_seconds,epoch_seconds,peak_memory_mb"
    )
    assert table["name"] == list(SCORES) and table["seeds"] == [3] * 5
    numbers = {name: column for name, column in table.items() if name not in ("name", "status", "verdict")}
    write_csv(tmp_path / "numbers.csv", numbers)
    read = read_csv(tmp_path / "numbers.csv")
    without = by_name(report)["without_walk"]
    assert read["difference_low"][-1] == without["difference"]["interval"][0]
    assert read["difference_to_all"][-1] == without["difference_to_all"]["mean"]
    assert np.isnan(read["difference"][0])


def test_the_terminal_shows_the_best_first_and_what_is_incomplete_last(tmp_path: Path) -> None:
    write_scores(tmp_path, {**SCORES, "only_heat": [0.1, 0.1]})
    write_text(tmp_path / "rwse/0/failed.txt", f"error: params.yaml: {'a long story, ' * 12}the end")
    text = format_report(report_of(tmp_path, [*SCORES, "only_heat", "rwse"]))
    lines = text.splitlines()
    assert max(map(len, lines)) <= 120
    assert text.startswith("test mae, lower is better: mean over seeds 0, 1, 2;")
    first = next(number for number, line in enumerate(lines) if line.startswith("variant ")) + 1
    names = [line.split()[0] for line in lines[first : lines.index("", first)] if not line.startswith(" ")]
    assert names == ["all", "only_walk", "none", "without_heat", "without_walk", "only_heat", "rwse"]
    assert lines[first].endswith("better than none")
    assert "missing: seed 2" in text and "the end" in text
    left_out = lines[lines.index("", first) + 1 :]
    assert [line.split()[0] for line in left_out] == ["variant", "without_heat", "without_walk"]


def test_a_metric_that_is_maximised_is_sorted_downwards(tmp_path: Path) -> None:
    write_scores(tmp_path, {"none": [0.5, 0.6], "all": [0.8, 0.9]}, metric="roc_auc", minimized=False)
    text = format_report(report_of(tmp_path, ["none", "all"], seeds=(0, 1)))
    assert "higher is better" in text and text.index("\nall") < text.index("\nnone")
