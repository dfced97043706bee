"""The comparison as a table: numbers for files and data frames, and cells for the page and the terminal."""

from dataclasses import asdict, dataclass
from statistics import median_low
from typing import Any

from mspe.ablation.report import Report, VariantReport
from mspe.ablation.verdicts import Estimate
from mspe.ablation.wording import change, decimals, in_percent, metric_name, number, resolution, round_name, short

NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """A variant in plain numbers; None where there is none.

    Attributes
    ----------
    status
        `finished`; `failed`, where a run has; else `missing`, where a run has not been made.
    round
        Of the numbers: `confirm` or `screen`.
    seeds
        How many of that round have a score.
    mean, std
        Of the score.
    difference, low, high
        To the baseline, paired by seed, with its interval.
    share, share_low, share_high
        The same as a change of the error, as a share of the baseline's: less than 0 is better.
    verdict, within_margin, more_seeds
        Of variants that were confirmed.
    multiply_adds
        Of a training step, per graph.
    """

    name: str
    encodings: str
    status: str
    round: str | None
    seeds: int
    mean: float | None
    std: float | None
    difference: float | None
    low: float | None
    high: float | None
    share: float | None
    share_low: float | None
    share_high: float | None
    verdict: str | None
    within_margin: bool | None
    more_seeds: int | None
    parameters: int | None
    encode_seconds: float | None
    epoch_seconds: float | None
    peak_memory_mb: int | None
    multiply_adds: int | None


def report_rows(report: Report) -> list[dict[str, Any]]:
    """Return one dictionary per variant, in the declared order, with the fields of `Row`."""
    return [asdict(_row(report, variant)) for variant in report.variants]


def columns_of(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return rows as columns, which `write_csv` takes."""
    return {name: [row[name] for row in rows] for name in Row.__dataclass_fields__}


def _row(report: Report, variant: VariantReport) -> Row:
    last, verdict, costs = variant.last, variant.verdict, variant.costs
    found: Estimate | None = _field(last, "difference")
    shares = [] if found is None else [report.share(end, round_name(variant)) for end in _ends(found.low, found.high)]
    low, high = sorted(end for end in shares if end is not None) or (None, None)
    return Row(
        name=variant.name,
        encodings=variant.encodings,
        status=status(variant),
        round=None if last is None else round_name(variant),
        seeds=0 if last is None else len(last.values),
        mean=_field(last, "mean"),
        std=_field(last, "std"),
        difference=_field(found, "mean"),
        low=_field(found, "low"),
        high=_field(found, "high"),
        share=None if found is None else report.share(found.mean, round_name(variant)),
        share_low=low,
        share_high=high,
        verdict=_field(verdict, "word"),
        within_margin=_field(verdict, "within_margin"),
        more_seeds=_field(verdict, "more_seeds"),
        parameters=_field(costs, "parameters"),
        encode_seconds=_field(costs, "encode_seconds"),
        epoch_seconds=_field(costs, "epoch_seconds"),
        peak_memory_mb=_field(costs, "peak_memory_mb"),
        multiply_adds=_field(costs, "multiply_adds"),
    )


def _field(part: object | None, name: str) -> Any:
    """A field of what may not be there."""
    return None if part is None else getattr(part, name)


def _ends(low: float | None, high: float | None) -> list[float]:
    return [] if low is None or high is None else [low, high]


def status(variant: VariantReport) -> str:
    """Return `failed` where a run of a variant has, else `missing` where one has not been made, else `finished`."""
    if variant.failures:
        return "failed"
    return "missing" if variant.missing else "finished"


@dataclass(frozen=True)
class Column:
    """A heading, and whether the column is sorted by numbers."""

    title: str
    numeric: bool = True


@dataclass(frozen=True)
class Cell:
    """Text that is shown, and, of a numeric column, the number behind it; None: there is none."""

    text: str
    number: float | None = None


def ranked(report: Report) -> list[VariantReport]:
    """Return the variants in the order of the table.

    First those of the confirming round, the largest gain on top, the baseline among them at its 0; then those that
    were screened only, likewise; last those without a score, in the declared order.
    """

    def key(variant: VariantReport) -> tuple[int, float]:
        if variant.last is None:
            return 2, 0.0
        gain = 0.0 if variant.last.difference is None or variant.name == report.baseline else report.gain(variant)
        return 0 if variant.confirm is not None else 1, -gain

    return sorted(report.variants, key=key)


def columns(report: Report) -> list[Column]:
    """Return the headings; the verdicts' order is that of `ranked`."""
    metric = metric_name(report.about.metric)
    unit = ", %" if in_percent(report) else ""
    return [
        Column("variant", numeric=False),
        Column("verdict", numeric=False),
        Column(f"change of {metric}{unit}"),
        Column("interval"),
        Column(f"{metric} ± std"),
        Column("seeds"),
        Column("round", numeric=False),
        Column("parameters"),
        *([Column("10⁶ mult–adds")] if _is_counted(report) else []),
        Column("encode, s"),
        Column("epoch, s"),
        Column("peak, MB"),
    ]


def cells(report: Report) -> list[tuple[VariantReport, list[Cell]]]:
    """Return each variant with its cells, in the order of `ranked`."""
    variants = ranked(report)
    scores = [variant.last.std or abs(variant.last.mean) for variant in variants if variant.last is not None]
    digits = change_decimals(report), min(6, decimals(_middle(scores)))
    return [(variant, _cells(report, variant, *digits)) for variant in variants]


def change_decimals(report: Report) -> int:
    """Return the decimals that the column of changes is written with, all its rows alike."""
    changes = (change(report, variant) for variant in ranked(report))
    return decimals(_middle([resolution(found) for found in changes if found is not None]))


def _middle(sizes: list[float]) -> float:
    """The size whose first two digits the whole column is written with."""
    return median_low(sizes) if sizes else 0.0


def _cells(report: Report, variant: VariantReport, digits: int, score_digits: int) -> list[Cell]:
    last, costs, found = variant.last, variant.costs, change(report, variant)
    interval = Cell(NOTHING)
    if found is not None and found.low is not None and found.high is not None:
        interval = Cell(f"{number(found.low, digits, '+')} to {number(found.high, digits, '+')}", found.low)
    return [
        Cell(variant.name),
        Cell(mark(report, variant)),
        Cell(NOTHING) if found is None else Cell(number(found.mean, digits, "+"), found.mean),
        interval,
        Cell(NOTHING) if last is None else Cell(_mean_and_spread(last.mean, last.std, score_digits), last.mean),
        Cell(NOTHING) if last is None else Cell(str(len(last.values)), len(last.values)),
        Cell(NOTHING if last is None else {"confirm": "confirmed", "screen": "screened"}[round_name(variant)]),
        _cost(_field(costs, "parameters"), 0),
        *([_millions(_field(costs, "multiply_adds"))] if _is_counted(report) else []),
        _cost(_field(costs, "encode_seconds"), 1),
        _cost(_field(costs, "epoch_seconds"), 2),
        _cost(_field(costs, "peak_memory_mb"), 0),
    ]


def mark(report: Report, variant: VariantReport) -> str:
    """Return the verdict on a variant as a mark, else the word for why there is none."""
    if variant.last is None:
        return "failed" if variant.failures else "missing"
    if variant.name == report.baseline:
        return "baseline"
    if variant.verdict is None:
        if variant.confirm is None:
            return NOTHING
        return "not compared" if variant.confirm.difference is None else "one seed, no test"
    return short(variant.verdict, report.margin)


def _mean_and_spread(mean: float, std: float | None, digits: int) -> str:
    if 0 < abs(mean) < 1e-3:
        digits = 7  # which is written with an exponent
    return number(mean, digits) + ("" if std is None else f" ± {number(std, digits)}")


def _is_counted(report: Report) -> bool:
    """Whether operations were counted, as of runs of an earlier version they were not."""
    return any(variant.costs is not None and variant.costs.multiply_adds is not None for variant in report.variants)


def _millions(count: int | None) -> Cell:
    return _cost(None if count is None else count / 1e6, 1)


def _cost(value: float | None, digits: int) -> Cell:
    return Cell(NOTHING) if value is None else Cell(number(value, digits), value)
