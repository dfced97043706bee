"""Where a variant helps: differences of the error by distance, or by the graphs' diameter and size."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mspe.ablation.page import marks
from mspe.ablation.report import BucketDifference, Report
from mspe.ablation.wording import Change, listed, relative
from mspe.page.drawing import Drawing, Picture, grid
from mspe.pipeline.buckets import Axis, Bucket

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABELS: dict[Axis, str] = {
    "diameter": "diameter of the graph (edges)",
    "size": "size of the graph (nodes)",
    "distance": "distance (hops)",
}
_SAMPLES = {"graph": "graphs", "node": "nodes", "edge": "pairs"}
_MOST = 4


def by_bucket(report: Report, axis: Axis) -> Picture | None:
    """Draw confirmed variants' differences by distance, diameter or size; None where nothing is known."""
    found = {v.name: [_change(part) for part in v.buckets[axis]] for v in report.confirmed if v.buckets.get(axis)}
    found = {name: changes for name, changes in list(found.items())[:_MOST] if any(changes)}
    if not found:
        return None
    buckets = [part.bucket for part in report.variant(next(iter(found))).buckets[axis]]
    known = [one for changes in found.values() for one in changes if one is not None]
    samples = _SAMPLES[report.about.target_level]
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
        axes.set_xticks(range(len(buckets)), [f"{one}\n{one.samples:,}" for one in buckets])
        axes.set_ylim(limits)
        axes.set_xlabel(f"{_LABELS[axis]};\nbelow: number of {samples}")
        axes.set_ylabel(f"change of the mean error,\n% of that of {report.baseline} (less is better)")
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=3.4, columnspacing=1.2)
        grid(axes, "y")

    told = "; ".join(f"{name}: {_listed(buckets, changes)}" for name, changes in found.items())
    alt = f"Change of the mean error by the {_LABELS[axis]}, over {len(buckets)} ranges. {told}."
    caption = (
        f"By {axis}: mean error of {listed(list(found))} against that of {report.baseline} on the same "
        f"{report.about.split} {samples}, paired by seed. Bars: intervals that all hold together with a chance of "
        f"{report.level_name}. Ranges hold about equally many {samples}.{_meaning(report, axis)}"
    )
    return Picture(Drawing(plot, f"by-{axis}", alt, marks.WIDTH, 3.9), caption, _columns(axis, buckets, found))


def _columns(axis: Axis, buckets: list[Bucket], found: Mapping[str, Sequence[Change | None]]) -> dict[str, list[Any]]:
    """A row per variant and bucket; changes are of the mean error, in % of the baseline's."""
    rows = [
        (name, bucket, change)
        for name, changes in found.items()
        for bucket, change in zip(buckets, changes, strict=True)
    ]
    return {
        "variant": [name for name, _, _ in rows],
        f"{axis}_first": [bucket.first for _, bucket, _ in rows],
        f"{axis}_last": [bucket.last for _, bucket, _ in rows],
        "samples": [bucket.samples for _, bucket, _ in rows],
        **marks.columns_of_changes([change for _, _, change in rows]),
    }


def _meaning(report: Report, axis: Axis) -> str:
    if axis != "distance":
        return ""
    return f" Distance: {report.about.distance}; {_SAMPLES[report.about.target_level]} without one lie in no range."


def _change(part: BucketDifference) -> Change | None:
    return relative(part.difference, part.baseline_error)


def _listed(buckets: list[Bucket], changes: list[Change | None]) -> str:
    pairs = zip(buckets, changes, strict=True)
    return ", ".join(f"{one} {marks.told(change, ' %')}" for one, change in pairs if change is not None)
