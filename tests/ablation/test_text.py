"""The report as columns of a file and as lines for a terminal."""

from pathlib import Path

import numpy as np

from mspe.ablation.text import format_report, report_table
from mspe.common.csv_files import read_csv, write_csv
from mspe.common.files import write_text
from tests.ablation.fake_runs import SCORES, by_name, report_of, write_scores


def test_the_table_holds_the_reports_numbers(tmp_path: Path) -> None:
    write_scores(tmp_path, SCORES)
    report = report_of(tmp_path, SCORES)
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
