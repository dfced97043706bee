"""Differences by bucket as rows and cells."""

import pytest

from mspe.ablation.bucket_table import BucketRow, bucket_cells, bucket_columns, bucket_rows
from mspe.ablation.report import Report
from tests.ablation.fake_report import BUCKETS, fake_report


@pytest.fixture(scope="module")
def report() -> Report:
    return fake_report()


def test_every_confirmed_variant_has_a_row_a_bucket(report: Report) -> None:
    rows = bucket_rows(report)
    assert len(rows) == len(report.confirmed) * sum(map(len, BUCKETS.values()))
    first = report.confirmed[0]
    part = first.buckets["diameter"][0]
    assert part.difference is not None and part.baseline_error is not None and part.difference.low is not None
    row = rows[0]
    assert list(row.values())[:5] == [first.name, "diameter", 0, 4, 95]
    assert row["share"] == pytest.approx(part.difference.mean / part.baseline_error)
    assert row["share_low"] == pytest.approx(part.difference.low / part.baseline_error)
    assert row["verdict"] == (part.verdict.word if part.verdict else None)


def test_columns_are_those_of_the_rows_and_none_without_one(report: Report) -> None:
    assert list(bucket_columns(report)) == list(BucketRow.__dataclass_fields__)
    assert bucket_columns(fake_report(confirmed=())) == {}


def test_a_table_has_the_baselines_errors_and_a_change_with_its_verdict_in_every_cell(report: Report) -> None:
    heading, errors, *rows = bucket_cells(report, "size")
    assert heading == ["size, nodes", "2–9", "10–14", "15–19", "20–27", "28–122"]
    assert errors[0] == "error of none" and [float(text) for text in errors[1:]] == pytest.approx(
        [0.412 * (0.7 + 0.2 * place) for place in range(5)], abs=1e-3
    )
    assert [row[0] for row in rows] == [f"{variant.name}, %" for variant in report.confirmed]
    assert all(" ± 3.0" in cell for row in rows for cell in row[1:])
    assert rows[0][-1].endswith(" better") and rows[0][-1].startswith("−")
    assert bucket_cells(report, "distance") == []
