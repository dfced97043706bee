"""The tested quantity: every variant's difference to the baseline."""

from typing import TYPE_CHECKING

from mspe.ablation.page import marks
from mspe.ablation.report import Report
from mspe.page.drawing import GREY, INK, Drawing, Picture, grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {"better": "#0072B2", "worse": "#D55E00"}


def all_differences(report: Report) -> Picture | None:
    """Draw all differences, confirmed ones on top and screened ones below, lighter; None where there is none."""
    changes = marks.compared(report)
    if not changes:
        return None
    variants = [report.variant(name) for name in changes]
    margin = marks.margin_of(report)
    limits = marks.frame(list(changes.values()), margin, report.about.minimized)
    first = sum(marks.confirmed(variant) for variant in variants)
    gap = 1 if 0 < first < len(variants) else 0
    rows = [place + (gap if place >= first else 0) for place in range(len(variants))]

    def plot(axes: "Axes") -> None:
        marks.band(axes, margin, vertical=True)
        for row, variant in zip(rows, variants, strict=True):
            found, filled = changes[variant.name], marks.confirmed(variant)
            word = variant.verdict.word if variant.verdict is not None else ""
            colour = _COLOURS.get(word, INK) if filled else marks.SCREENED
            ends = marks.interval_bars(found.low, found.high)
            axes.plot(ends, [row] * len(ends), color=colour, linewidth=2.4 if filled else 1, zorder=2)
            at = marks.within(found.mean, limits)
            beyond = {-1: "<", 0: "o", 1: ">"}[(found.mean > at) - (found.mean < at)]
            axes.plot(
                at, row, beyond, color=colour, markerfacecolor=colour if filled else "white", zorder=3, clip_on=False,
                markersize=6.5 if filled else 5,
            )  # fmt: skip
        axes.set_yticks(rows, [variant.name for variant in variants])
        for label in axes.get_yticklabels()[:first]:
            label.set_fontweight("bold")
        if gap:
            axes.text(
                limits[0], first, "screened only: hints, no verdicts", color=GREY, va="center", fontsize=9.5,
                bbox={"facecolor": "white", "linewidth": 0, "pad": 1},
            )  # fmt: skip
        axes.set_ylim(rows[-1] + 0.6, -0.6)
        axes.set_xlim(limits)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(marks.axis_label(report))
        grid(axes, "x")

    listed = ", ".join(
        f"{variant.name} {marks.told(changes[variant.name], marks.unit_of(report))}"
        + ("" if marks.confirmed(variant) else " screened")
        for variant in variants
    )
    alt = f"Dots with bars, a row per variant: {marks.axis_label(report, per=' ')}. {listed}."
    caption = (
        f"Differences to {report.baseline}, paired by seed. {_rounds(report, first, len(variants))} Shaded: at most "
        f"{100 * report.margin:g} % of the error, too small to matter.{marks.outside(report, limits, list(changes))}"
    )
    drawing = Drawing(plot, "differences", alt, marks.WIDTH, 1.0 + 0.22 * (rows[-1] + 1))
    return Picture(drawing, caption, marks.change_columns(report, list(changes)))


def _rounds(report: Report, confirmed: int, total: int) -> str:
    sure = (
        f"confirmed with fresh seeds, bars that all hold together with a chance of {report.level_name}; blue is "
        "better, orange worse, black neither"
    )
    hints = f"screened only, each bar a {report.level_name} interval of its own"
    if confirmed == total:
        return f"All were {sure}."
    if confirmed == 0:
        return f"All were {hints}."
    return f"On top, bold: {sure}. Below, grey and hollow: {hints}."
