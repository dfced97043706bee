"""What a variant costs, against what it gains."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mspe.ablation.page import marks
from mspe.ablation.report import Report, VariantReport
from mspe.ablation.wording import listed
from mspe.page.drawing import GREY, INK, Drawing, Picture, grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 7


def cost_against_error(report: Report) -> Picture | None:
    """Draw seconds to encode and train against the change of the error; None where nothing has both.

    The change, and not the mean score: rounds have other splits and numbers of epochs, so that their means do not
    compare. The front is of confirmed variants, where there are any, as the best of many screened ones flatter.
    """
    changes = {report.baseline: 0.0} | {name: found.mean for name, found in marks.compared(report).items()}
    seconds = {v.name: _seconds(report, v) for v in report.variants if v.name in changes and v.last is not None}
    points = {name: (cost, changes[name]) for name, cost in seconds.items() if cost is not None}
    if len(points) < 2:
        return None
    certain = [name for name in points if marks.confirmed(report.variant(name))]
    minimized = report.about.minimized
    front = pareto_front({name: points[name] for name in certain or points}, minimized)
    limits = marks.frame(list(marks.compared(report).values()), marks.margin_of(report), minimized)
    named = [name for name in marks.lines(report) if name in points and (name in certain or not certain)][:_MOST]

    def plot(axes: "Axes") -> None:
        for number, name in enumerate(sorted(set(points) - set(named))):
            x, y = points[name]
            label: dict[str, Any] = {} if number else {"label": "screened only"}
            axes.plot(
                x, marks.within(y, limits), "o", color=marks.SCREENED, markerfacecolor="white", markersize=5, **label
            )
        axes.axhline(0, color=INK, linewidth=0.8, zorder=0)
        steps = [points[name] for name in front]
        costs, values = zip(*((x, marks.within(y, limits)) for x, y in steps), strict=True)
        axes.step(costs, values, where="post", color=GREY, linewidth=1.2, zorder=1, label="best for its cost")
        for name in named:
            x, y = points[name]
            line = marks.lines(report)[name]
            axes.plot(
                x, marks.within(y, limits), line["marker"], color=line["color"], markersize=7, label=name,
                clip_on=False, zorder=3,
            )  # fmt: skip
        axes.set_xlim(left=0)
        axes.locator_params(axis="x", nbins=6)
        axes.set_xlabel(f"time to encode and train one run\n({report.plan.epochs} epochs; seconds)")
        axes.set_ylabel(marks.axis_label(report))
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), columnspacing=1.2)
        grid(axes, "both")

    told = ", ".join(f"{name} {x:.3g} s {y:+.3g}" for name, (x, y) in points.items())
    alt = f"Points of the change to {report.baseline} against seconds to encode and train. {told}."
    caption = (
        f"Seconds: encoding all graphs and {report.plan.epochs} epochs, medians over runs. Nothing is both cheaper and "
        f"better than {listed(front)}{'' if certain else ' in the screen'}."
    )
    columns: dict[str, list[Any]] = {
        "variant": list(points),
        "round": [marks.round_of(report.variant(name)) for name in points],
        "seconds": [cost for cost, _ in points.values()],
        "change": [value for _, value in points.values()],
    }
    return Picture(Drawing(plot, "costs", alt, marks.WIDTH, 3.9), caption, columns)


def _seconds(report: Report, variant: VariantReport) -> float | None:
    if variant.costs is None or variant.costs.epoch_seconds is None:
        return None
    return variant.costs.encode_seconds + report.plan.epochs * variant.costs.epoch_seconds


def pareto_front(points: Mapping[str, tuple[float, float]], minimized: bool) -> list[str]:
    """Return the names that no other one beats in cost without being worse, by rising cost.

    Parameters
    ----------
    points
        Cost, less being better, and value.
    minimized
        Whether less value is better.

    Examples
    --------
    >>> pareto_front({"slow": (3.0, 0.1), "fast": (1.0, 0.5), "bad": (2.0, 0.6)}, minimized=True)
    ['fast', 'slow']
    """
    sign = 1 if minimized else -1
    front: list[str] = []
    for name in sorted(points, key=lambda name: (points[name][0], sign * points[name][1])):
        if not front or sign * points[name][1] < sign * points[front[-1]][1]:
            front.append(name)
    return front
