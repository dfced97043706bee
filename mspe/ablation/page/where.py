"""Where a variant helps: differences of the error by the graphs' size and diameter."""

from typing import TYPE_CHECKING

from mspe.ablation.page import marks
from mspe.ablation.page.drawing import Picture, draw
from mspe.ablation.report import BinDifference, Report, SizeBin
from mspe.ablation.wording import Change, listed, relative

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABELS = {"diameter": "diameter of the graph (edges)", "nodes": "size of the graph (nodes)"}
_MOST = 4


def by_size(report: Report, size: str) -> Picture | None:
    """Draw confirmed variants' differences by `diameter` or `nodes`; None where nothing is known."""
    found = {v.name: [_change(part) for part in v.by_size[size]] for v in report.confirmed if v.by_size.get(size)}
    found = {name: changes for name, changes in list(found.items())[:_MOST] if any(changes)}
    if not found:
        return None
    bins = [part.bin for part in report.variant(next(iter(found))).by_size[size]]
    known = [one for changes in found.values() for one in changes if one is not None]
    limits, styles = marks.frame(known, 100 * report.margin, minimized=True), marks.lines(report)

    def plot(axes: "Axes") -> None:
        marks.band(axes, 100 * report.margin, vertical=False)
        for number, (name, changes) in enumerate(found.items()):
            shift, style = 0.16 * (number - (len(found) - 1) / 2), styles[name]
            drawn = [(place + shift, one) for place, one in enumerate(changes) if one is not None]
            for x, one in drawn:
                ends = marks.interval_bars(one.low, one.high)
                axes.plot([x] * len(ends), ends, color=style["color"], linewidth=1.6, zorder=2)
            means = [marks.within(one.mean, limits) for _, one in drawn]
            axes.plot([x for x, _ in drawn], means, **style, linewidth=1, markersize=5.5, label=name, zorder=3)
        axes.set_xticks(range(len(bins)), [f"{_range(one)}\n{one.graphs:,}" for one in bins])
        axes.set_ylim(limits)
        axes.set_xlabel(f"{_LABELS[size]};\nbelow: number of graphs")
        axes.set_ylabel(f"change of the mean error,\n% of that of {report.baseline} (less is better)")
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=3.4, columnspacing=1.2)
        marks.grid(axes, "y")

    told = "; ".join(f"{name}: {_listed(bins, changes)}" for name, changes in found.items())
    alt = f"Change of the mean error by the {_LABELS[size]}, over {len(bins)} ranges. {told}."
    caption = (
        f"By {size}: mean error of {listed(list(found))} against that of {report.baseline} on the same "
        f"{report.about.split} graphs, paired by seed. Bars: intervals that all hold together with a chance of "
        f"{report.level_name}. Ranges hold about equally many graphs."
    )
    return Picture(draw(plot, f"by-{size}", alt, marks.WIDTH, 3.9), caption)


def _change(part: BinDifference) -> Change | None:
    return relative(part.difference, part.baseline_error)


def _range(one: SizeBin) -> str:
    return f"{one.first}" if one.first == one.last else f"{one.first}–{one.last}"


def _listed(bins: list[SizeBin], changes: list[Change | None]) -> str:
    pairs = zip(bins, changes, strict=True)
    return ", ".join(f"{_range(one)} {marks.told(change, ' %')}" for one, change in pairs if change is not None)
