"""The figure of all differences shows the tested quantity."""

from mspe.ablation.page.differences import all_differences
from mspe.ablation.report import Report
from tests.ablation.fake_report import fake_report


def test_each_difference_is_told_as_a_share_of_the_baselines_error(report: Report) -> None:
    picture = all_differences(report)
    assert picture is not None
    for variant in report.variants:
        if variant.last is not None and variant.last.difference is not None:
            share = report.share(variant.last.difference.mean, "confirm" if variant.confirm else "screen")
            assert share is not None
            assert f"{variant.name} {100 * share:+.0f}".replace("-", "−")[:-1] in picture.svg


def test_without_a_baseline_there_is_none() -> None:
    assert all_differences(fake_report(failed=["none"])) is None
