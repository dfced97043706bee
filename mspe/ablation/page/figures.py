"""The figures of the ablation's page: what the report's numbers look like."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from mspe.ablation.page.drawing import GREY, INK, LINES, Picture, draw
from mspe.ablation.records import Tables
from mspe.ablation.report import Report, VariantReport
from mspe.ablation.table import complete, ranked
from mspe.pipeline.statistics import mean
from mspe.pipeline.summary import mean_curve
from mspe.tasks import get_task

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Columns = Mapping[str, Sequence[float]]

_WIDTH = 4.2


def _distinct(names: Sequence[str], available: Mapping[str, Any]) -> list[str]:
    """The names that something is known of, each once, in order."""
    return [name for name in dict.fromkeys(names) if available.get(name)]


def leading(report: Report, available: Mapping[str, Any], best: int = 1) -> list[str]:
    """The baseline, the whole bank and the best few, of those that something is known of."""
    first = [variant.name for variant in islice(complete(report), best)]
    return _distinct([report.baseline, "all", *first], available)


def means_with_intervals(report: Report) -> Picture | None:
    """Every variant's mean, interval and single seeds, the best on top; None where nothing has a mean."""
    variants = ranked(report)
    if not variants:
        return None
    percent = f"{100 * report.confidence:g} %"
    baseline = next((variant for variant in variants if variant.name == report.baseline), None)

    def plot(axes: "Axes") -> None:
        if baseline is not None:
            axes.axvline(baseline.score, color=INK, linewidth=1, linestyle=(0, (4, 2)), zorder=0)
        for row, variant in enumerate(variants):
            if variant.interval is not None:
                axes.plot(variant.interval, [row, row], color=GREY, linewidth=2, solid_capstyle="butt", zorder=1)
            axes.plot(variant.scores, [row] * len(variant.scores), "|", color=INK, markersize=10, zorder=2)
            axes.plot(variant.score, row, zorder=3, markersize=5.5, markeredgewidth=1.2, **_mark(variant, report))
        axes.set_yticks(range(len(variants)), [variant.name for variant in variants])
        axes.set_ylim(len(variants) - 0.4, -0.6)
        axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_axisbelow(True)
        axes.set_xlabel(_score_label(report))

    listed = ", ".join(_mean_with_interval(variant) for variant in variants)
    alt = (
        f"Dots with bars, a row a variant, the best on top: mean {_score_label(report)}, {percent} interval. {listed}."
    )
    caption = (
        f"Mean {report.split} {report.metric} of every variant that has a score, the best on top. Bar: {percent} "
        "t interval over seeds. Ticks: single seeds. Filled dot: distinguishable from the baseline; hollow: not, or "
        f"not tested; square and dashed line: the baseline, {report.baseline}."
    )
    height = 0.9 + 0.21 * len(variants)
    return Picture(draw(plot, "means", alt, _WIDTH, height), caption)


def _mark(variant: VariantReport, report: Report) -> dict[str, Any]:
    if variant.name == report.baseline:
        return {"marker": "s", "color": "#000000"}
    filled = variant.difference is not None and variant.difference.distinguishable
    colour = "#0072B2"
    return {"marker": "o", "color": colour, "markerfacecolor": colour if filled else "white"}


def _mean_with_interval(variant: VariantReport) -> str:
    interval = variant.interval
    spread = "" if interval is None else f" ({interval[0]:.4g} to {interval[1]:.4g})"
    return f"{variant.name} {variant.mean:.4g}{spread}"


def _score_label(report: Report) -> str:
    return f"{report.split} {report.metric} ({'lower' if report.minimized else 'higher'} is better)"


def learning_curves(report: Report, curves: Tables) -> Picture | None:
    """Validation loss by epoch, mean over seeds, of a readable handful; None where no variant has a curve."""
    last = [variant.name for variant in complete(report)[-1:]]
    names = _distinct([*leading(report, curves, best=3), *last], curves)
    if not names:
        return None
    means = {name: mean_curve(list(curves[name].values())) for name in names}

    def plot(axes: "Axes") -> None:
        from matplotlib.ticker import LogLocator

        for line, name in zip(LINES, names, strict=False):
            epochs, loss = means[name]["epoch"], means[name]["val_loss"]
            # each line's markers stand at other epochs, so that lines which lie together can be told apart
            spacing = max(1, len(epochs) // 6)
            marked = slice(names.index(name) % spacing, None, spacing)
            axes.plot(epochs, loss, markersize=4.5, markevery=marked, linewidth=1.4, label=name, **line)
        axes.set_xlabel("epoch")
        axes.set_ylabel("validation loss (log scale)")
        axes.locator_params(axis="x", integer=True)
        axes.set_yscale("log", subs=[])
        axes.yaxis.set_major_locator(LogLocator(subs=[1, 1.5, 2, 3, 4, 6, 8]))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.2), handlelength=3.4, columnspacing=1.2)

    ends = ", ".join(f"{name} from {m['val_loss'][0]:.3g} to {m['val_loss'][-1]:.3g}" for name, m in means.items())
    epochs = max(len(curve["epoch"]) for curve in means.values())
    alt = f"Lines of validation loss over {epochs} epoch{'s' * (epochs > 1)}, mean over seeds: {ends}."
    caption = (
        "Validation loss by epoch, mean over seeds, of the baseline, the whole bank, the three best and the worst by "
        f"mean {report.split} {report.metric}, where they have a curve: {', '.join(names)}."
    )
    return Picture(draw(plot, "curves", alt, _WIDTH, 3.9), caption)


def predictions_against_targets(report: Report, predictions: Tables) -> list[Picture]:
    """Of the baseline, the whole bank and the best, one seed each; of classes, the share that is found."""
    names = leading(report, predictions)
    chosen = {name: sorted(predictions[name].items())[0] for name in names}
    if not chosen:
        return []
    if not get_task(report.task_type).continuous:
        return [_shares_found(report, chosen)]
    values = np.concatenate([_known_pairs(columns).ravel() for _, columns in chosen.values()])
    limits = _scatter_limits(values)
    return [_scatter(report, name, seed, _known_pairs(columns), limits) for name, (seed, columns) in chosen.items()]


def _known_pairs(columns: Columns) -> np.ndarray:
    """Targets and predictions [2, samples], without those that are missing."""
    pairs = np.array([columns["target"], columns["prediction"]], dtype=float)
    return pairs[:, np.isfinite(pairs).all(axis=0)]


def _scatter_limits(values: np.ndarray) -> tuple[float, float]:
    """A square frame for all but the outermost values, which would leave the others a blot."""
    if not values.size:
        return 0.0, 1.0
    low, high = np.percentile(values, [0.5, 99.5])
    margin = 0.08 * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def _scatter(report: Report, name: str, seed: int, pairs: np.ndarray, limits: tuple[float, float]) -> Picture:
    target, prediction = pairs
    outside = int(((pairs < limits[0]) | (pairs > limits[1])).any(axis=0).sum())

    def plot(axes: "Axes") -> None:
        axes.plot(limits, limits, color=GREY, linewidth=1, linestyle=(0, (4, 2)), zorder=0)
        axes.scatter(target, prediction, s=9, color="#0072B2", alpha=0.55, linewidths=0, rasterized=True)
        axes.set(xlim=limits, ylim=limits, aspect="equal", xlabel="target", ylabel="prediction", title=name)
        axes.locator_params(nbins=5)

    left_out = f" {outside} lie{'s' * (outside == 1)} outside the frame." if outside else ""
    fit = ""
    if target.size > 1 and target.std() > 0 and prediction.std() > 0:
        fit = f" Correlation {np.corrcoef(target, prediction)[0, 1]:.3f}."
    error = f" Median absolute error {np.median(np.abs(target - prediction)):.3g}." if target.size else ""
    alt = f"Scatter of prediction against target for {name}, seed {seed}: {target.size} points.{error}{fit}{left_out}"
    caption = f"{name}, seed {seed}, {report.split} split: {target.size} points; dashed: no error.{error}{left_out}"
    return Picture(draw(plot, f"scatter-{name}", alt, 3.3, 3.3), caption)


def _shares_found(report: Report, chosen: Mapping[str, tuple[int, Columns]]) -> Picture:
    """Of each class, the share of its samples that a variant finds (its recall)."""
    pairs = {name: np.round(_known_pairs(columns)) for name, (_, columns) in chosen.items()}
    classes = sorted({int(label) for target, _ in pairs.values() for label in target})
    counts = {label: max(int((target == label).sum()) for target, _ in pairs.values()) for label in classes}
    shares = {name: [_mean_of(p == t, t == label) for label in classes] for name, (t, p) in pairs.items()}

    def plot(axes: "Axes") -> None:
        for row, (line, name) in enumerate(zip(LINES, shares, strict=False)):
            height = np.arange(len(classes)) + 0.2 * (row - (len(shares) - 1) / 2)
            axes.plot(shares[name], height, **{**line, "linestyle": "none"}, markersize=6, label=name)
        axes.set_yticks(range(len(classes)), [f"class {label}\n(n = {counts[label]})" for label in classes])
        axes.set(xlim=(-0.03, 1.03), ylim=(len(classes) - 0.5, -0.5), xlabel="share found")
        axes.grid(axis="x", color="#e6e6e6", linewidth=0.6)
        axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), columnspacing=1.2, handletextpad=0.3)

    listed = "; ".join(
        f"{name}: " + ", ".join(f"class {label} {share:.0%}" for label, share in zip(classes, values, strict=True))
        for name, values in shares.items()
    )
    seeds = ", ".join(f"{name} seed {seed}" for name, (seed, _) in chosen.items())
    caption = f"Share of each class's samples that is found, on the {report.split} split ({seeds})."
    return Picture(
        draw(plot, "classes", f"Share of each class found. {listed}.", _WIDTH, 1.1 + 0.5 * len(classes)), caption
    )


def _mean_of(values: np.ndarray, chosen: np.ndarray) -> float:
    return float(values[chosen].mean()) if chosen.any() else float("nan")


def error_by_size(report: Report, size: str) -> Picture | None:
    """Mean error of the graphs of each range of `diameter` or `nodes`; None where the report has no ranges.

    Drawn are the baseline, the whole bank, the best, and the variants of a single filter.
    """
    bins = (report.bins or {}).get(size)
    errors = {variant.name: variant.errors_by(size) for variant in report.variants}
    single = [name for name in errors if re.fullmatch(r"only_[a-z]+", name)]
    names = _distinct([*leading(report, errors), *single], errors)[: len(LINES)]
    if not bins or not names:
        return None
    ranges = [f"{b.first}" if b.first == b.last else f"{b.first}–{b.last}" for b in bins]
    label = {"diameter": "diameter", "nodes": "number of nodes"}[size]

    def plot(axes: "Axes") -> None:
        for line, name in zip(LINES, names, strict=False):
            values = [np.nan if error is None else error for error in errors[name]]
            axes.plot(range(len(bins)), values, markersize=6, linewidth=1.4, label=name, **line)
        counted = [f"{text}\n{b.graphs}" for text, b in zip(ranges, bins, strict=True)]
        axes.set_xticks(range(len(bins)), counted)
        axes.set_ylim(bottom=0)
        axes.set_xlabel(f"{label}; below it, how many graphs")
        axes.set_ylabel("mean error")
        axes.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.26), handlelength=3.4, columnspacing=1.2)

    listed = "; ".join(f"{name}: {_listed(ranges, errors[name])}" for name in names)
    alt = f"Lines of mean error by {label}, over {len(bins)} ranges. {listed}."
    caption = (
        f"Mean error of the {report.split} graphs of each range of the {label}, mean over seeds: {', '.join(names)}."
    )
    return Picture(draw(plot, f"by-{size}", alt, _WIDTH, 3.7 + 0.2 * (len(names) > 4)), caption)


def _listed(labels: Sequence[str], values: Sequence[float | None]) -> str:
    known = zip(labels, values, strict=True)
    return ", ".join(f"{label} {value:.3g}" for label, value in known if value is not None)


def scale_gates(gates: Mapping[str, float], place: str) -> Picture:
    """The learned weights of the channels, of nodes or of pairs, as bars from 1.

    Parameters
    ----------
    gates
        Weights by channel, at least one.
    place
        `node` or `pair`.
    """
    names, weights = list(gates), list(gates.values())

    def plot(axes: "Axes") -> None:
        colours = ["#0072B2" if weight >= 1 else "#E69F00" for weight in weights]
        hatches = ["" if weight >= 1 else "////" for weight in weights]
        bars = axes.barh(range(len(names)), [w - 1 for w in weights], left=1, height=0.66, color=colours, hatch=hatches)
        for bar in bars:
            bar.set_edgecolor(INK)
            bar.set_linewidth(0.5)
        axes.axvline(1, color=INK, linewidth=1)
        for row, weight in enumerate(weights):
            side = 4 if weight >= 1 else -4
            axes.annotate(
                f"{weight:.2f}", (weight, row), (side, 0), textcoords="offset points", va="center",
                ha="left" if side > 0 else "right", fontsize=9,
            )  # fmt: skip
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.margins(x=0.22)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(f"weight of the {place} channel")

    listed = ", ".join(f"{name} {weight:.2f}" for name, weight in gates.items())
    alt = f"Bars of the learned weight of every {place} channel, from a line at 1. {listed}."
    caption = (
        f"Learned weights of the {place} channels, mean {mean(weights):.2f}. Right of the line at 1: turned up; left, "
        "hatched: turned down."
    )
    return Picture(draw(plot, f"gates-{place}", alt, _WIDTH, 0.8 + 0.23 * len(names)), caption)
