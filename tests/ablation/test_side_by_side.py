"""Several comparisons in cells and in words, against the reports they are of."""

from dataclasses import replace

import pytest

from mspe.ablation.side_by_side import MatrixCell, cell, finding, variant_names
from mspe.ablation.verdicts import Estimate
from tests.ablation.fake_report import SMALL, fake_report
from tests.ablation.test_matrix import report_on


def test_a_cell_is_the_change_of_the_error_in_percent_of_the_baselines() -> None:
    report = fake_report(SMALL)
    found = report.variant("hkse").confirm
    base = report.variant("none").confirm
    assert found is not None and found.difference is not None and base is not None
    share = 100 * found.difference.mean / base.mean
    assert cell(report, "hkse") == MatrixCell(f"{share:.1f}".replace("-", "−"), cell(report, "hkse").interval, "better")
    assert cell(report, "hkse").interval.startswith(f"{100 * found.difference.low / base.mean:.1f}".replace("-", "−"))


def test_of_a_score_of_which_more_is_better_it_is_the_error_too() -> None:
    """90 % instead of 80 % right halve the error."""
    report = fake_report(SMALL, metric="accuracy", confirmed=["hkse"])
    hkse, none = report.variant("hkse"), report.variant("none")
    assert hkse.confirm is not None and none.confirm is not None
    scored = replace(hkse.confirm, difference=Estimate(0.1, 0.05, 0.15, 0.01, 14, 0.0))
    variants = [replace(hkse, confirm=scored), replace(none, confirm=replace(none.confirm, mean=0.8))]
    assert cell(replace(report, variants=variants), "hkse") == MatrixCell("−50", "−75 to −25", "better")


@pytest.mark.parametrize(("name", "standing"), [("rwse", "screened"), ("nothing", "none"), ("lappe", "none")])
def test_what_has_no_verdict_or_no_score_is_told_apart(name: str, standing: str) -> None:
    report = fake_report(SMALL, confirmed=["hkse"], missing=["lappe"])
    assert cell(report, name).standing == standing
    assert (cell(report, name).change == "–") == (standing == "none")


def test_a_baseline_without_an_error_has_no_shares() -> None:
    report = fake_report(SMALL, confirmed=["hkse"])
    none = report.variant("none")
    assert none.confirm is not None
    perfect = replace(none, confirm=replace(none.confirm, mean=0.0))
    variants = [perfect if v.name == "none" else v for v in report.variants]
    assert cell(replace(report, variants=variants), "hkse").standing == "none"


def test_the_words_name_every_verdict_and_count_what_is_open() -> None:
    reports = [
        report_on("nci", confirmed=["hkse", "rwse"]),
        report_on("zinc", confirmed=["hkse"]),
        report_on("mutag", noise=0.4, confirmed=["all", "lappe"]),
    ]
    standings = {(r.about.dataset, v.name): v.verdict.word for r in reports for v in r.confirmed if v.verdict}
    assert standings["nci", "rwse"] == "same" and standings["mutag", "lappe"] == "undecided"
    assert finding(reports) == (
        "Better than none is hkse on nci and zinc; the same in practice is rwse on nci. "
        "Undecided: 2 of the 5 confirmed pairs."
    )
    assert finding(reports[2:]) == "Nothing is shown to beat none. Undecided: 2 of the 2 confirmed pairs."


def test_all_variants_are_named_once_in_the_order_of_their_declarations() -> None:
    first, second = report_on("nci"), report_on("zinc")
    second = replace(second, variants=[v for v in second.variants if v.name != "hkse"][::-1])
    assert variant_names([second, first]) == ["lappe", "rwse", "all", "hkse"]
