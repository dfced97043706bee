"""The report as one value: its way through JSON."""

import json

import pytest

from tests.ablation.fake_report import SMALL, fake_report, read_report


@pytest.mark.parametrize("failed", [[], ["all"], ["none"]])
@pytest.mark.parametrize("metric", ["mae", "accuracy"])
def test_a_report_survives_json(failed: list[str], metric: str) -> None:
    report = fake_report(SMALL, failed=failed, metric=metric)
    assert read_report(json.loads(json.dumps(report.to_json(), allow_nan=False))) == report


def test_a_variant_is_found_by_its_name() -> None:
    report = fake_report(SMALL)
    assert [report.variant(name) for name in SMALL] == report.variants
    with pytest.raises(KeyError):
        report.variant("nonsense")
