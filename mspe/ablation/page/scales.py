"""The difference to the baseline by scale, a figure per filter, as their scales have different units."""

from typing import TYPE_CHECKING, Any

from mspe.ablation.page import marks
from mspe.ablation.report import Report, Scale, VariantReport
from mspe.page.drawing import LINES, Drawing, Picture, grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_AXES = {
    "walk": "length of the random walk (steps)",
    "heat": "time of heat diffusion (t)",
    "ppr": "restart probability of PageRank (α)",
    "wavelet": "scale of the wavelet (s)",
}


def by_scale(report: Report) -> list[Picture]:
    """Draw what each single scale changes, filled where it was confirmed."""
    changes = marks.compared(report)
    found = [(v.scale, v) for v in report.variants if v.scale is not None and v.name in changes]
    if not found:
        return []
    margin = marks.margin_of(report)
    limits = marks.frame([changes[variant.name] for _, variant in found], margin, report.about.minimized)
    filters = dict.fromkeys(scale.filter for scale, _ in found)
    return [
        _picture(report, name, sorted(((s, v) for s, v in found if s.filter == name), key=_value), place, limits)
        for place, name in enumerate(filters, 1)
    ]


def _value(pair: tuple[Scale, VariantReport]) -> float:
    return pair[0].value


def _picture(
    report: Report,
    name: str,
    found: list[tuple[Scale, VariantReport]],
    place: int,
    limits: tuple[float, float],
) -> Picture:
    line, changes, margin = LINES[place % len(LINES)], marks.compared(report), marks.margin_of(report)
    values = [scale.value for scale, _ in found]
    label = _AXES.get(name, f"scale of {name}")

    def plot(axes: "Axes") -> None:
        from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

        marks.band(axes, margin, vertical=False)
        means = [marks.within(changes[variant.name].mean, limits) for _, variant in found]
        axes.plot(values, means, color=line["color"], linestyle=line["linestyle"], linewidth=1.4, zorder=2)
        for (scale, variant), mean in zip(found, means, strict=True):
            ends = marks.interval_bars(changes[variant.name].low, changes[variant.name].high)
            filled = marks.confirmed(variant)
            axes.plot([scale.value] * len(ends), ends, color=line["color"], linewidth=2.4 if filled else 1, zorder=2)
            face = line["color"] if filled else "white"
            axes.plot(
                scale.value, mean, line["marker"], color=line["color"], markerfacecolor=face, markersize=6.5, zorder=3,
                clip_on=False,
            )  # fmt: skip
        if min(values) > 0:
            axes.set_xscale("log")
            axes.margins(x=0.08)
        axes.xaxis.set_major_locator(FixedLocator(_apart(values)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        axes.set_ylim(limits)
        axes.set_xlabel(label)
        axes.set_ylabel(marks.axis_label(report))
        axes.set_title(f"{name}, one scale at a time", loc="left")
        grid(axes, "y")

    listed = "; ".join(f"{s.value:g}: {marks.told(changes[v.name], marks.unit_of(report))}" for s, v in found)
    rounds = [marks.confirmed(variant) for _, variant in found]
    alt = f"Line of the change to {report.baseline} by the {label}. {listed}."
    legend = "Filled marks: confirmed with fresh seeds. Hollow: screened only, a hint."
    if all(rounds) or not any(rounds):
        legend = "All confirmed with fresh seeds." if all(rounds) else "All screened only, so a hint."
    caption = (
        f"{legend} Bars: {report.level_name} intervals. Shaded: too small to matter. Line at 0: {report.baseline}."
        f"{marks.outside(report, limits, [variant.name for _, variant in found])}"
    )
    columns: dict[str, list[Any]] = {
        "filter": [name] * len(found),
        "scale": values,
        **marks.change_columns(report, [variant.name for _, variant in found]),
    }
    return Picture(Drawing(plot, f"scale-{place}", alt, marks.WIDTH, 3.3), caption, columns)


def _apart(values: list[float], ratio: float = 1.4) -> list[float]:
    """Of rising scales those whose labels do not touch."""
    chosen: list[float] = []
    for value in values:
        if not chosen or chosen[-1] <= 0 or value / chosen[-1] >= ratio:
            chosen.append(value)
    return chosen
