"""The table of the ablation's page: every variant a row, cells with their text and the number that sorts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from statistics import median

from mspe.ablation.report import Difference, Report, VariantReport

NOTHING = "–"


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
    """The variants that have a mean, the best first."""
    scored = [variant for variant in report.variants if variant.mean is not None]
    return sorted(scored, key=lambda variant: variant.score, reverse=not report.minimized)


def complete(report: Report) -> list[VariantReport]:
    """The variants that have finished every seed, the best first."""
    return [variant for variant in ranked(report) if variant.status == "finished"]


def columns(report: Report) -> list[Column]:
    """The table's headings; the third one is the mean, by which `rows` are in order."""
    return [
        Column("variant", numeric=False),
        Column("seeds"),
        Column("mean ± std"),
        Column(f"{100 * report.confidence:g} % interval"),
        Column(f"difference to {report.baseline}"),
        Column("p (Holm)"),
        Column("verdict", numeric=False),
        *([Column("difference to all")] if report.baseline != "all" else []),
        Column("parameters"),
        Column("encode (s)"),
        Column("epoch (s)"),
        Column("peak (MB)"),
    ]


def rows(report: Report) -> list[tuple[VariantReport, list[Cell]]]:
    """Each variant with its cells: the best first, those without a mean last, in the declared order."""
    unscored = [variant for variant in report.variants if variant.mean is None]
    digits = decimals(report)
    return [(variant, _cells(variant, report, digits)) for variant in [*ranked(report), *unscored]]


def _cells(variant: VariantReport, report: Report, digits: int) -> list[Cell]:
    interval, difference = variant.interval, variant.difference
    p = None if difference is None else difference.p_holm
    return [
        Cell(variant.name),
        Cell(str(len(variant.seeds)), len(variant.seeds)),
        Cell(mean_and_spread(variant, digits), variant.mean),
        Cell(NOTHING) if interval is None else Cell(_interval(interval, digits), interval[0]),
        _difference(difference, digits),
        Cell(NOTHING) if p is None else Cell(probability(p), p),
        Cell(_verdict(variant, report)),
        *([_difference(variant.difference_to_all, digits)] if report.baseline != "all" else []),
        _number(variant.parameters, ",.0f"),
        _number(variant.encode_seconds, ",.1f"),
        _number(variant.epoch_seconds, ",.1f"),
        _number(variant.peak_memory_mb, ",.0f"),
    ]


def decimals(report: Report) -> int:
    """Number of decimals that give the median score four significant digits."""
    means = [abs(variant.mean) for variant in ranked(report) if variant.mean]
    return max(0, 3 - floor(log10(median(means)))) if means else 4


def mean_and_spread(variant: VariantReport, digits: int) -> str:
    """A variant's mean, and the standard deviation where it has one."""
    if variant.mean is None:
        return NOTHING
    return f"{variant.mean:.{digits}f}" + ("" if variant.std is None else f" ± {variant.std:.{digits}f}")


def probability(p: float) -> str:
    """A p value as text.

    Examples
    --------
    >>> probability(0.0123), probability(2e-5)
    ('0.012', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _interval(interval: Sequence[float], digits: int, sign: str = "") -> str:
    return f"[{interval[0]:{sign}.{digits}f}, {interval[1]:{sign}.{digits}f}]".replace("-", "−")


def _difference(difference: Difference | None, digits: int) -> Cell:
    if difference is None:
        return Cell(NOTHING)
    text = f"{difference.mean:+.{digits}f}".replace("-", "−")
    if difference.interval is not None:
        text += f" {_interval(difference.interval, digits, '+')}"
    return Cell(text, difference.mean)


def _verdict(variant: VariantReport, report: Report) -> str:
    if variant.status == "finished":
        return variant.verdict
    absent = [str(seed) for seed in report.seeds if seed not in variant.seeds]
    reason = "; ".join(variant.reasons) or f"seed{'s' * (len(absent) > 1)} {', '.join(absent)}"
    state = f"{variant.status}: {reason}"
    return state if variant.verdict == variant.status else f"{variant.verdict}; {state}"


def _number(value: float | None, form: str) -> Cell:
    return Cell(NOTHING) if value is None else Cell(format(value, form), value)
