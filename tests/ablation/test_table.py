"""The numbers of the table, and the cells that show them."""

import pytest

from mspe.ablation.table import cells, columns, columns_of, ranked, report_rows
from mspe.common.csv_files import format_csv
from tests.ablation.fake_report import CONFIRMED, SMALL, fake_report


def test_rows_hold_the_reports_numbers() -> None:
    report = fake_report(failed=["only_walk_32"], missing=["bonds"])
    rows = {row["name"]: row for row in report_rows(report)}
    assert list(rows) == [variant.name for variant in report.variants]
    variant, row = report.variant("hkse"), rows["hkse"]
    found = variant.confirm.difference
    assert (row["mean"], row["difference"], row["low"]) == (variant.confirm.mean, found.mean, found.low)
    assert row["share"] == pytest.approx(found.mean / report.variant("none").confirm.mean)
    assert row["round"] == "confirm" and row["verdict"] == "better" and row["seeds"] == 14
    assert rows["only_walk_8"]["round"] == "screen" and rows["only_walk_8"]["verdict"] is None
    assert rows["only_walk_32"]["status"] == "failed" and rows["only_walk_32"]["mean"] is None
    assert rows["bonds"]["status"] == "missing" and rows["none"]["difference"] is None
    assert format_csv(columns_of(report_rows(report))).count("\n") == 1 + len(report.variants)


def test_shares_of_what_is_maximised_have_less_as_better() -> None:
    report = fake_report({"none": 0.0, "all": -0.12}, ["all"], metric="roc_auc", error=0.29)
    row = report_rows(report)[1]
    assert row["difference"] > 0 and row["share_low"] < row["share"] < row["share_high"] < 0
    assert row["share_low"] == pytest.approx(-row["high"] / (1 - report.variant("none").confirm.mean))


def test_confirmed_variants_come_first_and_failed_ones_last() -> None:
    report = fake_report(failed=["rrwp"])
    names = [variant.name for variant in ranked(report)]
    assert set(names[:6]) == {"none", *CONFIRMED} and names[-1] == "rrwp"
    gains = [report.gain(report.variant(name)) for name in names[6:-1]]
    assert gains == sorted(gains, reverse=True)


def test_cells_show_changes_in_percent_and_marks() -> None:
    report = fake_report(SMALL, failed=["rwse"])
    titles = [column.title for column in columns(report)]
    shown = {v.name: dict(zip(titles, (cell.text for cell in row), strict=True)) for v, row in cells(report)}
    change = 100 * report.share(report.variant("hkse").confirm.difference.mean)
    assert shown["hkse"]["change of MAE, %"] == f"−{-change:.1f}" and shown["hkse"]["verdict"] == "better"
    assert shown["none"]["verdict"] == "baseline" and shown["rwse"]["verdict"] == "failed"


def test_what_cannot_be_compared_has_no_verdict_and_says_why() -> None:
    alone = {v.name: row[1].text for v, row in cells(fake_report(SMALL, failed=["none"]))}
    assert alone["hkse"] == "not compared" and alone["none"] == "failed"
    assert {v.name: row[1].text for v, row in cells(fake_report(SMALL, seeds=1))}["hkse"] == "one seed, no test"


def test_a_baseline_without_error_leaves_differences_in_the_scores_unit() -> None:
    report = fake_report({"none": 0.0, "all": 0.0}, ["all"], error=0.0)
    assert columns(report)[2].title == "change of MAE" and report_rows(report)[1]["share"] is None
