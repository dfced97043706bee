"""The report as one value: what it finds, and its way through JSON."""

import json

import pytest

from tests.ablation import fake_report


@pytest.mark.parametrize("change", [{}, {"failed": "all"}, {"missing": "only_walk"}, {"seeds": [3]}])
@pytest.mark.parametrize("metric", ["mae", "accuracy"])
def test_a_report_survives_json(change: dict, metric: str) -> None:
    report = fake_report.report(**change, metric=metric)
    written = json.dumps(report.to_json(), allow_nan=False)
    assert fake_report.read_report(json.loads(written)) == report


def test_a_variant_is_found_by_its_name() -> None:
    report = fake_report.report()
    assert [report.variant(name) for name in fake_report.SMALL] == report.variants
    assert report.variant("nonsense") is None


def test_tested_are_the_variants_whose_difference_was_corrected() -> None:
    report = fake_report.report(failed="all", missing="only_walk")
    tested = [variant.name for variant, _ in report.tested]
    assert tested == [name for name in fake_report.SMALL if name not in ("none", "all", "only_walk")]
    assert fake_report.report(seeds=[0]).tested == []
