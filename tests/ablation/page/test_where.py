"""Where a gain comes from."""

import pytest

from mspe.ablation.page.where import by_bucket
from mspe.ablation.report import Report
from mspe.pipeline.buckets import Axis
from tests.ablation.fake_report import BUCKETS, fake_report


@pytest.mark.parametrize("axis", ["diameter", "size"])
def test_every_range_is_told_with_its_graphs(report: Report, axis: Axis) -> None:
    picture = by_bucket(report, axis)
    assert picture is not None
    for first, last, _ in BUCKETS[axis]:
        assert f"{first}–{last}" in picture.svg


def test_where_nothing_was_confirmed_there_is_none() -> None:
    assert by_bucket(fake_report(confirmed=()), "diameter") is None
