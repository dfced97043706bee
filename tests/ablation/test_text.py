"""The report as lines for a terminal."""

from dataclasses import replace

from mspe.ablation.answer import answer
from mspe.ablation.text import format_report
from tests.ablation.fake_report import SMALL, fake_report


def test_the_terminal_has_answer_table_plan_and_failures_in_120_columns() -> None:
    report = fake_report(failed=["only_walk_32"])
    text = format_report(report)
    assert max(map(len, text.splitlines())) <= 120
    assert answer(report) in text.replace("\n", " ")
    widths = f"± 2.2 % expected, ± {100 * report.realised_half_width:.2g} % found."
    assert widths in text.replace("\n", " ")
    assert text.splitlines()[-1] == "only_walk_32: screen, seed 2: out of memory, loss <nan> & 'quoted'"
    assert "Warning" not in text


def test_a_plan_that_sees_little_is_warned_of_until_intervals_tell() -> None:
    report = fake_report(SMALL, seeds=0)
    report = replace(report, plan=replace(report.plan, smallest_visible=0.2))
    assert "Warning: this plan can miss a difference of 10 %" in format_report(report)
    decided = fake_report(SMALL)
    assert "Warning" not in format_report(replace(decided, plan=replace(decided.plan, smallest_visible=0.2)))


def test_a_test_part_that_would_see_more_is_named() -> None:
    report = fake_report(SMALL)
    report = replace(report, plan=replace(report.plan, better_share=0.3, visible_with_it=0.0204))
    assert format_report(report).endswith("With test_share: 0.3 the smallest visible difference would be about 2 %.")
