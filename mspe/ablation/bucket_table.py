"""Differences to the baseline in each bucket: numbers for files and data frames, and cells for the terminal."""

from dataclasses import asdict, dataclass
from typing import Any

from mspe.ablation.report import BucketDifference, Report
from mspe.ablation.table import NOTHING
from mspe.ablation.wording import decimals, number, relative, resolution, score
from mspe.pipeline.buckets import Axis


@dataclass(frozen=True)
class BucketRow:
    """A variant in a bucket, in plain numbers; None where there is none.

    Attributes
    ----------
    by, first, last, samples
        The bucket.
    baseline_error
        Mean error of the baseline there.
    difference, low, high
        Of the mean error, to the baseline's, with its interval.
    share, share_low, share_high
        The same as a share of the baseline's error: less than 0 is better.
    """

    variant: str
    by: Axis
    first: int
    last: int
    samples: int
    baseline_error: float | None
    difference: float | None
    low: float | None
    high: float | None
    share: float | None
    share_low: float | None
    share_high: float | None
    verdict: str | None
    within_margin: bool | None
    more_seeds: int | None


def bucket_rows(report: Report) -> list[dict[str, Any]]:
    """Return one dictionary per confirmed variant, the best first, and bucket, with the fields of `BucketRow`."""
    return [
        asdict(_row(variant.name, axis, part))
        for variant in report.confirmed
        for axis, parts in variant.buckets.items()
        for part in parts
    ]


def bucket_columns(report: Report) -> dict[str, list[Any]]:
    """Return the rows as columns, which `write_csv` takes; empty without a row."""
    rows = bucket_rows(report)
    return {name: [row[name] for row in rows] for name in BucketRow.__dataclass_fields__} if rows else {}


def _row(variant: str, axis: Axis, part: BucketDifference) -> BucketRow:
    found, verdict, error = part.difference, part.verdict, part.baseline_error
    difference = (None,) * 3 if found is None else (found.mean, found.low, found.high)
    shares = [None if end is None or not error else end / error for end in difference]
    told = (None,) * 3 if verdict is None else (verdict.word, verdict.within_margin, verdict.more_seeds)
    bucket = (part.bucket.first, part.bucket.last, part.bucket.samples)
    return BucketRow(variant, axis, *bucket, error, *difference, *shares, *told)


def bucket_cells(report: Report, axis: Axis) -> list[list[str]]:
    """Return a table of texts: a heading, the baseline's errors, and a row per confirmed variant, the best first.

    A cell is the change of the mean error in % of the baseline's with half its interval, and the verdict.
    """
    variants = [variant for variant in report.confirmed if variant.buckets.get(axis)]
    if not variants:
        return []
    first = variants[0].buckets[axis]
    unit = "nodes" if axis == "size" else "hops"
    errors = [NOTHING if part.baseline_error is None else score(part.baseline_error) for part in first]
    return [
        [f"{axis}, {unit}", *(str(part.bucket) for part in first)],
        [f"error of {report.baseline}", *errors],
        *([f"{variant.name}, %", *map(_cell, variant.buckets[axis])] for variant in variants),
    ]


def _cell(part: BucketDifference) -> str:
    found = relative(part.difference, part.baseline_error)
    if found is None:
        return NOTHING
    digits = decimals(resolution(found))
    mean = number(found.mean, digits, "+")
    if found.low is None or found.high is None:
        return mean
    word = "" if part.verdict is None else f" {part.verdict.word}"
    return f"{mean} ± {number((found.high - found.low) / 2, digits)}{word}"
