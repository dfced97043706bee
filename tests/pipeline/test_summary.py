"""The summary over seeds, against scipy and by hand."""

import numpy as np
import pytest
import scipy.stats

from mspe.pipeline.summary import format_summary, summarise

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
