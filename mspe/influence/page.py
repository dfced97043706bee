"""The page of a range: one HTML file with its answer, figures and numbers, which asks for no other file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mspe.common.json_files import format_json
from mspe.influence.causal import CausalCurve
from mspe.influence.error_curve import ErrorCurve
from mspe.influence.estimate import Estimate
from mspe.influence.figures import (
    causal_changes,
    error_by_distance,
    example_graph,
    influence_by_distance,
    range_by_scale,
)
from mspe.influence.gradient import Example
from mspe.influence.readout import Readout
from mspe.influence.scales import ScaleUse
from mspe.influence.spread import Spread
from mspe.page.drawing import Picture
from mspe.page.template import Download, data_uri, render

_MOST_LINES = 6  # of a figure


def render_page(
    answer: str,
    note: str,
    alike: Estimate,
    parts: Sequence[tuple[str, str, Spread]],
    curves: Mapping[str, CausalCurve | None],
    example: Example,
    readouts: Mapping[str, Readout],
    scales: Sequence[ScaleUse],
    errors: Sequence[ErrorCurve],
    content: Mapping[str, Any],
) -> str:
    """Return the page; equal input gives equal text.

    Parameters
    ----------
    answer, note
        Its first sentences, and what was measured.
    alike
        Mean distance if all nodes counted alike.
    parts
        Influence against distance: kind (output, layers, paths, channels), name, numbers.
    curves
        What was changed from a distance on, and what came of it; None where it was not tried.
    example
        A graph.
    readouts
        By layer, how well its states tell degrees and distances.
    scales
        Reach, weights and range of each scale of the filters.
    errors
        By distance, diameter or size.
    content
        Everything as plain values, which the page offers as a file.
    """
    return render(
        Path(__file__).with_name("range.html.jinja"),
        answer=answer,
        note=note,
        alike=str(alike),
        figures=pictures(parts, curves, example, scales, errors),
        rows=[(name, _cells(spread)) for _, name, spread in parts],
        readouts=[(layer, [_score(one.degree), _score(one.distance)]) for layer, one in readouts.items()],
        scales=[(one.channel, _scale_cells(one)) for one in scales],
        download=Download("range.json", data_uri("application/json", format_json(content))),
    )


def pictures(
    parts: Sequence[tuple[str, str, Spread]],
    curves: Mapping[str, CausalCurve | None],
    example: Example,
    scales: Sequence[ScaleUse],
    errors: Sequence[ErrorCurve],
) -> list[Picture]:
    """Return the figures of the page, of what `render_page` takes."""
    by_kind: dict[str, dict[str, Spread]] = {}
    for kind, name, spread in parts:
        by_kind.setdefault(kind, {})[name] = spread
    found: list[Picture | None] = [
        influence_by_distance("layers", _thinned(by_kind.get("layers") or by_kind["output"])),
        influence_by_distance("paths", by_kind["paths"]) if "paths" in by_kind else None,
        *(error_by_distance(curve) for curve in errors),
        causal_changes(curves),
        range_by_scale(scales),
        example_graph(example),
    ]
    return [picture for picture in found if picture is not None]


def _thinned(layers: Mapping[str, Spread]) -> dict[str, Spread]:
    """The first, the last, and some between."""
    names, most = list(layers), min(len(layers), _MOST_LINES)
    places = sorted({round(number * (len(names) - 1) / max(1, most - 1)) for number in range(most)})
    return {names[place]: layers[names[place]] for place in places}


def _cells(spread: Spread) -> list[str]:
    elsewhere = spread.elsewhere.mean
    beyond = [_percent(spread.beyond(hops)) if spread.shares else "–" for hops in (2, 4, 8)]
    resistance = "–" if spread.resistance_range is None else str(spread.resistance_range)
    return [str(spread.range), resistance, *beyond, "–" if elsewhere is None else _percent(elsewhere)]


def _scale_cells(one: ScaleUse) -> list[str]:
    weights = ["–" if (value := one.weights.get(place)) is None else f"{value:.2f}" for place in ("node", "pair")]
    return [str(one.reach), *weights, "–" if one.range is None else str(one.range)]


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share else "0"
