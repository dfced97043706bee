"""The summary over seeds, against scipy and by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

from mspe.common.errors import MspeError
from mspe.common.json_files import write_json
from mspe.pipeline.summary import choose_scores, format_summary, mean_curve, read_scores, read_summary, summarise

RESULTS = {
    seed: {"mae": mae, "rmse": 2 * mae, "baseline": {"median": {"mae": 3.0, "rmse": 4.0}}}
    for seed, mae in {0: 0.5, 3: 0.7, 5: 0.9}.items()
}


def test_mean_deviation_and_interval_agree_with_scipy() -> None:
    summary = summarise("test", RESULTS)
    values = [0.5, 0.7, 0.9]
    assert summary["seeds"] == [0, 3, 5] and summary["ddof"] == 1
    assert summary["baseline"] == {"median": {"mae": 3.0, "rmse": 4.0}}
    statistics = summary["test"]["mae"]
    assert statistics["mean"] == pytest.approx(np.mean(values))
    assert statistics["std"] == pytest.approx(np.std(values, ddof=1))
    expected = scipy.stats.t.interval(0.95, 2, np.mean(values), scipy.stats.sem(values))
    assert statistics["interval"] == pytest.approx(expected)


def test_a_table_shows_one_metric_over_seeds_and_what_is_no_score_stays_out() -> None:
    results = {seed: {**result, "metric": "rmse", "channels": {"node degree": 1.0}} for seed, result in RESULTS.items()}
    summary = summarise("val", results)
    assert set(summary["val"]) == {"mae", "rmse"}
    chosen = choose_scores("val", summary, "rmse")
    assert chosen["val"]["rmse"]["mean"] == pytest.approx(1.4) and chosen["baseline"] == {"median": 4.0}
    assert set(choose_scores("val", summary)["val"]) == {"mae"}


def test_one_seed_has_no_spread_and_an_undefined_score_no_mean() -> None:
    one = summarise("test", {0: {**RESULTS[0], "rmse": None}})
    assert one["test"]["mae"] == {"mean": 0.5, "std": None, "interval": None}
    assert one["test"]["rmse"]["mean"] is None


def test_the_printed_summary_names_scores_baseline_and_cost() -> None:
    cost = {"seconds": 61.2, "peak_memory_mb": 900, "environment": ["2 x CPU"]}
    lines = format_summary(summarise("test", RESULTS), {0: cost}).splitlines()
    assert lines == [
        "test scores over 3 seeds (0, 3, 5)",
        "  mae          0.7000 ± 0.2000 (ddof 1)   median 3.0000",
        "  rmse         1.4000 ± 0.4000 (ddof 1)   median 4.0000",
        "seed 0: trained in 61 s, peak 900 MB, 2 x CPU",
    ]


@pytest.mark.parametrize("content", [{}, {"baseline": {"median": {"mae": 3.0}}}])
def test_a_file_without_scores_is_one_line(tmp_path: Path, content: dict[str, Any]) -> None:
    write_json(tmp_path / "0.json", content)
    with pytest.raises(MspeError, match=r"0\.json: damaged, it holds no scores; run `dvc repro`$"):
        read_scores({0: tmp_path / "0.json"})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"classes": {"test": {"a": None}}}, "classes.test.a: got None, input should be a valid number"),
        ({"val": {"mae": {"mean": 1.0, "std": None, "interval": None}}}, "got scores of val and test, expected those"),
        ({"test": {}}, "scores are missing, expected those of one split"),
    ],
)
def test_a_damaged_summary_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_json("metrics/summary.json", {**summarise("test", RESULTS), **changed})
    with pytest.raises(MspeError) as error:
        read_summary()
    assert message in str(error.value) and str(error.value).endswith("; run `dvc repro`")


def test_the_largest_losses_and_scores_have_a_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    curve = {"epoch": [1.0], "train_loss": [1e308], "val_loss": [1e308]}
    assert mean_curve([curve, curve])["val_loss"] == [1e308]
    write_json("metrics/summary.json", summarise("test", {seed: {"mae": 1.7e308 * (-1) ** seed} for seed in (0, 1)}))
    assert "mae" in read_summary()
