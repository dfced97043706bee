"""What figures have in common: the lines of variants, the axis of changes, and its frame."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mspe.ablation.report import Report, VariantReport
from mspe.ablation.table import ranked
from mspe.ablation.wording import Change, change, decimals, in_percent, metric_name, number, resolution
from mspe.page.drawing import INK, LINES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = "#e4ebf0"
SCREENED = "#7d8b96"
WIDTH = 4.2
"""Of a figure, in inches."""


def lines(report: Report) -> dict[str, dict[str, Any]]:
    """Return colour, dashes and marker of the baseline and the best others, the same in all figures."""
    others = [v.name for v in ranked(report) if v.last is not None and v.name != report.baseline]
    return dict(zip([report.baseline, *others], LINES, strict=False))


def compared(report: Report) -> dict[str, Change]:
    """Return the changes of all variants that can be compared with the baseline, in the order of the table."""
    found = {variant.name: change(report, variant) for variant in ranked(report)}
    return {name: one for name, one in found.items() if one is not None}


def axis_label(report: Report, per: str = "\n") -> str:
    """Return what a change is, in which unit, and which direction is better."""
    metric = metric_name(report.about.metric)
    unit = f", % of that of {report.baseline}" if in_percent(report) else f" from {report.baseline}'s"
    return f"change of {metric}{unit}{per}({'less' if report.about.minimized else 'more'} is better)"


def margin_of(report: Report) -> float:
    """Return the margin in the unit of the changes."""
    return 100 * report.margin if in_percent(report) else report.margin * (report.baseline_error or 0.0)


def frame(changes: Sequence[Change], margin: float, minimized: bool) -> tuple[float, float]:
    """Return the ends of an axis of changes: all intervals, unless few are so wide that others would be a blot.

    At most it reaches from 0 three times as far as three quarters of the changes, or as the margin; but the largest
    improvement always lies in it, as an error cannot fall by more than itself.
    """
    import numpy as np

    sizes = [abs(one.mean) for one in changes]
    best = max((-one.mean if minimized else one.mean) for one in changes)
    reach = max(3 * margin, 3 * float(np.quantile(sizes, 0.75)), 1.2 * best) or 1.0
    ends = [end for one in changes for end in (one.mean, one.low, one.high) if end is not None]
    low, high = max(-reach, min(*ends, -margin)), min(reach, max(*ends, margin))
    pad = 0.06 * (high - low) or 1.0
    return low - pad, high + pad


def within(value: float, limits: tuple[float, float]) -> float:
    """Return the value, or the end of the frame that it lies beyond."""
    return min(max(value, limits[0]), limits[1])


def confirmed(variant: VariantReport) -> bool:
    """Return whether a variant's last scores are of the confirming round."""
    return variant.confirm is not None


def round_of(variant: VariantReport) -> str:
    """Return the round that a variant's last scores are of."""
    return "confirmed" if confirmed(variant) else "screened"


def change_columns(report: Report, names: Sequence[str]) -> dict[str, list[Any]]:
    """Return the changes of some variants as columns, in the unit of `axis_label`."""
    changes = compared(report)
    variants = [report.variant(name) for name in names]
    return {
        "variant": list(names),
        "round": [round_of(variant) for variant in variants],
        "verdict": [None if variant.verdict is None else variant.verdict.word for variant in variants],
        **columns_of_changes([changes[name] for name in names]),
    }


def columns_of_changes(changes: Sequence[Change | None]) -> dict[str, list[float | None]]:
    """Return changes with the ends of their intervals as columns; None where there is none."""
    return {
        "change": [None if one is None else one.mean for one in changes],
        "low": [None if one is None else one.low for one in changes],
        "high": [None if one is None else one.high for one in changes],
    }


def told(found: Change, unit: str) -> str:
    """Return a change with its interval, in words."""
    digits = decimals(resolution(found))
    text = f"{number(found.mean, digits, '+')}{unit}"
    if found.low is None or found.high is None:
        return text
    return f"{text} ({number(found.low, digits, '+')} to {number(found.high, digits, '+')})"


def unit_of(report: Report) -> str:
    """Return what stands after a change."""
    return " %" if in_percent(report) else ""


def band(axes: "Axes", margin: float, vertical: bool) -> None:
    """Draw the line of no change and the band of changes that do not matter."""
    span, line = (axes.axvspan, axes.axvline) if vertical else (axes.axhspan, axes.axhline)
    span(-margin, margin, color=BAND, linewidth=0, zorder=0)
    line(0, color=INK, linewidth=1, zorder=1)


def outside(report: Report, limits: tuple[float, float], names: Sequence[str]) -> str:
    """Return a sentence on the changes that lie beyond the frame; nothing where none does."""
    changes = compared(report)
    far = [
        f"{name} {told(changes[name], unit_of(report))}"
        for name in names
        if not limits[0] <= changes[name].mean <= limits[1]
    ]
    return f" Beyond the frame, at its edge: {', '.join(far)}." if far else ""


def interval_bars(low: float | None, high: float | None) -> list[float]:
    """Return the two ends, or none."""
    return [] if low is None or high is None else [low, high]
