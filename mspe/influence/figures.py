"""Figures of a range: influence by distance, changes by distance, and a graph coloured by influence."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from mspe.encodings.graph_view import GraphView
from mspe.encodings.plot import lay_out
from mspe.encodings.spectrum import Spectrum
from mspe.graphs import DenseLayout
from mspe.influence.causal import CausalCurve
from mspe.influence.error_curve import ErrorCurve
from mspe.influence.gradient import Example
from mspe.influence.scales import ScaleUse
from mspe.influence.spread import Spread
from mspe.page.drawing import GREY, INK, LINES, Drawing, Picture, as_columns, grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 4.2  # inches
_LEAST = 1e-4  # share of the influence at which the axis ends
_MOST_NODES = 300  # that a figure shows
_CLASSES = [(0.1, "#08306b", "10 % or more"), (0.01, "#2f7fbc", "1 to 10 %"), (0.001, "#9dc7e3", "0.1 to 1 %")]
_REST = ("#ffffff", "less than 0.1 %")

_TITLES = {"layers": "the states behind each layer", "paths": "the output by one way alone between nodes"}


def influence_by_distance(kind: str, spreads: Mapping[str, Spread]) -> Picture | None:
    """Draw the share of the influence by hops, one line per layer or way; None where nothing has influence."""
    known = {name: spread for name, spread in spreads.items() if spread.shares}
    if not known:
        return None

    def plot(axes: "Axes") -> None:
        for number, (name, spread) in enumerate(known.items()):
            style = LINES[(number + 1) % len(LINES)]
            hops = [hop for hop, share in enumerate(spread.shares) if share >= _LEAST]
            axes.plot(
                hops, [spread.shares[hop] for hop in hops], **style, markersize=4.5, linewidth=1.4, label=name,
                markevery=(0, max(1, len(hops) // 6)),
            )  # fmt: skip
        axes.set_yscale("log", subs=[])
        axes.set_ylim(_LEAST, 1.3)
        axes.yaxis.set_major_formatter(lambda share, place: f"{100 * share:g} %")
        axes.locator_params(axis="x", integer=True)
        axes.set_xlabel("distance (hops)")
        axes.set_ylabel("share of the influence (log scale)")
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=3.4, columnspacing=1.2)
        grid(axes, "y")

    told = ", ".join(f"{name} {spread.range} hops" for name, spread in known.items())
    alt = f"Lines of the share of the influence on {_TITLES[kind]} by distance. On average: {told}."
    caption = (
        f"Influence on {_TITLES[kind]}, by the hops from which it comes; all nodes at a distance together. On average: "
        f"{told}. Shares below {100 * _LEAST:g} % are not drawn."
    )
    rows = [(name, hop, share) for name, spread in known.items() for hop, share in enumerate(spread.shares)]
    return Picture(Drawing(plot, kind, alt, _WIDTH, 3.7), caption, as_columns(("name", "hops", "share"), rows))


def causal_changes(curves: Mapping[str, CausalCurve | None]) -> Picture | None:
    """Draw how much the output changes where all from a distance on is other; None where nothing changes it."""
    known = {label: curve for label, curve in curves.items() if curve is not None and curve.range is not None}
    if not known:
        return None

    def shares(curve: CausalCurve) -> np.ndarray:
        means = np.array([one.mean or 0.0 for one in curve.change])
        return 100 * means / means[0]

    def plot(axes: "Axes") -> None:
        for number, (label, curve) in enumerate(known.items()):
            axes.plot(
                curve.distances, shares(curve), **LINES[number + 1], markersize=4.5, linewidth=1.4, label=label,
                clip_on=False,
            )  # fmt: skip
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
        axes.locator_params(axis="x", integer=True)
        axes.set_xlabel("changed from this distance on (hops)")
        axes.set_ylabel("change of the output,\n% of that where all is changed")
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=3.4, columnspacing=1.2)
        grid(axes, "y")

    told = ", ".join(f"{label} {curve.range:.2f} hops" for label, curve in known.items())
    fields = ", ".join(f"{label} {curve.receptive_field}" for label, curve in known.items())
    alt = f"Lines of the change of the output by the distance from which on features or edges are changed: {told}."
    caption = (
        f"What really changes at a node when all that lies farther away is changed: the embedded features replaced by "
        "those of random nodes, with encodings and edges kept; or, with encodings computed anew, the edges removed, or "
        "their ends exchanged in pairs, which keeps all degrees. "
        f"Area under the curves: {told}. Half of the change is left at {fields} hops (effective receptive field)."
    )
    rows = [
        (label, distance, change)
        for label, curve in known.items()
        for distance, change in zip(curve.distances, shares(curve).tolist(), strict=True)
    ]
    columns = as_columns(("changed", "from_hops", "change_percent"), rows)
    return Picture(Drawing(plot, "causal", alt, _WIDTH, 3.7), caption, columns)


def error_by_distance(curve: ErrorCurve) -> Picture | None:
    """Draw a model's error in ranges of a distance with its intervals; None of a single range."""
    if len(curve.buckets) < 2:
        return None

    def plot(axes: "Axes") -> None:
        places = range(len(curve.buckets))
        bars = [bucket.half_width or 0.0 for bucket in curve.buckets]
        errors = [bucket.error for bucket in curve.buckets]
        axes.errorbar(places, errors, yerr=bars, **LINES[1], markersize=4.5, linewidth=1.4, elinewidth=1.4)
        axes.set_xticks(places, [f"{bucket}\n{bucket.samples:,}" for bucket in curve.buckets])
        axes.set_ylim(bottom=0)
        axes.set_xlabel(f"{curve.by} ({'nodes' if curve.by == 'size' else 'hops'});\nbelow: number of samples")
        axes.set_ylabel(f"mean {curve.error}" if curve.error == "absolute error" else curve.error)
        grid(axes, "y")

    near, far = curve.buckets[0], curve.buckets[-1]
    told = f"{near.error:.3g} at {near}, {far.error:.3g} at {far}"
    alt = f"Line of the {curve.error} by {curve.by}: {told}."
    caption = (
        f"The model's {curve.error} by {curve.by}: {told}. Each {curve.by} counting alike, it is {curve.area:.3g} on "
        "average. Bars: 95 % intervals, samples of one graph standing together."
    )
    rows = [(one.first, one.last, one.samples, one.error, one.half_width) for one in curve.buckets]
    columns = as_columns((f"{curve.by}_first", f"{curve.by}_last", "samples", "error", "half_width"), rows)
    return Picture(Drawing(plot, f"error-by-{curve.by}", alt, _WIDTH, 3.7), caption, columns)


def range_by_scale(scales: Sequence[ScaleUse]) -> Picture | None:
    """Draw the range of the influence through each scale against its kernel's reach; None unless two have both."""
    known = [one for one in scales if one.range is not None and one.range.mean is not None and one.reach.mean]
    if len(known) < 2:
        return None
    by_filter: dict[str, list[ScaleUse]] = {}
    for one in known:
        by_filter.setdefault(one.filter, []).append(one)

    def plot(axes: "Axes") -> None:
        for number, (name, uses) in enumerate(by_filter.items(), 1):
            own = sorted(uses, key=_reach)
            axes.plot(
                [_reach(one) for one in own], [_range(one) for one in own], **LINES[number % len(LINES)],
                markersize=4.5, linewidth=1.4, label=name,
            )  # fmt: skip
        longest = max(max(_reach(one), _range(one)) for one in known)
        axes.plot([0, longest], [0, longest], color=GREY, linewidth=0.8, label="range = reach")
        axes.set_xlabel("reach of the scale's kernel (hops)")
        axes.set_ylabel("range of the influence\nthrough its node channel (hops)")
        axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=3.4, columnspacing=1.2)
        grid(axes, "both")

    shortest, longest = (pick(known, key=_reach) for pick in (min, max))
    told = ", ".join(
        f"{one.channel} reaches {_reach(one):.2f} hops and has a range of {_range(one):.2f}"
        for one in (shortest, longest)
    )
    alt = f"Lines of the range of the influence through each scale against the reach of its kernel: {told}."
    caption = f"Do long scales buy range? By itself, and as the model uses it: {told}."
    rows = [(one.channel, one.filter, one.scale, _reach(one), _range(one)) for one in known]
    columns = as_columns(("channel", "filter", "scale", "reach_hops", "range_hops"), rows)
    return Picture(Drawing(plot, "scales", alt, _WIDTH, 3.7), caption, columns)


def _reach(one: ScaleUse) -> float:
    assert one.reach.mean is not None, one.channel
    return one.reach.mean


def _range(one: ScaleUse) -> float:
    assert one.range is not None and one.range.mean is not None, one.channel
    return one.range.mean


def example_graph(example: Example) -> Picture | None:
    """Draw a graph coloured by the influence on one of its nodes; None if it is too large to be seen."""
    influence = np.array(example.influence)
    if influence.size > _MOST_NODES or not influence.sum() > 0:
        return None
    shares = influence / influence.sum()
    edges = np.array(example.edges, dtype=np.int64).reshape(-1, 2)
    places = lay_out(_view(influence.size, edges))
    size = 5.0 if influence.size > 60 else 8.0

    def plot(axes: "Axes") -> None:
        for pair in edges:
            axes.plot(*places[pair].T, color=GREY, linewidth=0.8, zorder=1)
        left = np.ones(shares.size, dtype=bool)
        for least, colour, label in _CLASSES:
            chosen = left & (shares >= least)
            left &= ~chosen
            _nodes(axes, places[chosen], colour, label, size)
        _nodes(axes, places[left], *_REST, size)
        axes.plot(
            *places[example.node], "o", markersize=size + 5, markerfacecolor="none", markeredgecolor="#D55E00",
            markeredgewidth=2, label="the node influenced", linestyle="none",
        )  # fmt: skip
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_axis_off()
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), columnspacing=1.2, handletextpad=0.4)

    alt = (
        f"Graph {example.graph} of {influence.size} nodes, coloured by the share of the influence on node "
        f"{example.node}; its own share is {100 * shares[example.node]:.2g} %."
    )
    caption = (
        f"Graph {example.graph}, of median size: each node's share of the influence on node {example.node}, whose own "
        f"is {100 * shares[example.node]:.2g} %."
    )
    columns = {
        "node": list(range(shares.size)),
        "share": shares.tolist(),
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
    }
    return Picture(Drawing(plot, "example", alt, _WIDTH, 3.7), caption, columns)


def _nodes(axes: "Axes", places: np.ndarray, colour: str, label: str, size: float) -> None:
    axes.plot(
        *places.T, "o", markersize=size, markerfacecolor=colour, markeredgecolor=INK, markeredgewidth=0.6, label=label,
        linestyle="none", zorder=2,
    )  # fmt: skip


def _view(size: int, edges: np.ndarray) -> GraphView:
    layout = DenseLayout.from_sizes([size])
    index = torch.from_numpy(edges.T.copy())
    return GraphView(layout, fields=dict, spectrum=_no_spectrum, edges=lambda: (index, None))


def _no_spectrum() -> Spectrum:
    raise AssertionError("a layout reads edges alone")
