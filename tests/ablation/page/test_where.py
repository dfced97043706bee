"""Where a gain comes from."""

import pytest

from mspe.ablation.page.where import by_size
from mspe.ablation.report import Report
from tests.ablation.fake_report import SIZES, fake_report


@pytest.mark.parametrize("size", ["diameter", "nodes"])
def test_every_range_is_told_with_its_graphs(report: Report, size: str) -> None:
    picture = by_size(report, size)
    assert picture is not None
    for first, last, _ in SIZES[size]:
        assert f"{first}–{last}" in picture.svg


def test_where_nothing_was_confirmed_there_is_none() -> None:
    assert by_size(fake_report(confirmed=()), "diameter") is None
