"""The figure that the question asks for: the difference by scale."""

from mspe.ablation.page.scales import by_scale
from mspe.ablation.report import Report
from tests.ablation.fake_report import SMALL, fake_report


def test_each_filter_has_an_axis_of_its_own_unit(report: Report) -> None:
    pictures = by_scale(report)
    assert ["length of the random walk (steps)" in picture.svg for picture in pictures] == [True, False]
    assert ["time of heat diffusion" in picture.svg for picture in pictures] == [False, True]


def test_the_numbers_are_those_of_the_variants_of_one_channel(report: Report) -> None:
    _, heat = by_scale(report)
    variant = report.variant("only_heat_4")
    assert variant.last is not None and variant.last.difference is not None
    share = report.share(variant.last.difference.mean)
    assert share is not None and f"; 4: {100 * share:+.0f}".replace("-", "−")[:-1] in heat.svg


def test_without_such_variants_there_is_none() -> None:
    assert by_scale(fake_report(changes=SMALL)) == []
