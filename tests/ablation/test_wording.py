"""Names and numbers: their examples stand with them; here what they mean together."""

from mspe.ablation.verdicts import Verdict
from mspe.ablation.wording import change, in_percent, short
from tests.ablation.fake_report import SMALL, fake_report


def test_a_change_is_told_against_the_baseline_of_its_own_round() -> None:
    report = fake_report(SMALL, confirmed=["all"])
    hkse = report.variant("hkse")
    assert in_percent(report) and hkse.confirm is None
    expected = 100 * hkse.screen.difference.mean / report.variant("none").screen.mean
    assert abs(change(report, hkse).mean - expected) < 1e-9
    assert change(report, report.variant("none")) is None


def test_what_no_seeds_decide_asks_for_data() -> None:
    assert short(Verdict("undecided", False), 0.05) == "undecided (more data)"
    assert short(Verdict("undecided", False, 1), 0.05) == "undecided (+1 seed)"
