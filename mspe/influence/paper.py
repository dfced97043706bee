"""The range as a table for a paper or a text: a row per output, layer, way and channel."""

from collections.abc import Callable, Sequence

from mspe.influence.estimate import Estimate
from mspe.influence.spread import Spread
from mspe.page.tables import escape_latex, escape_markdown, format_latex, format_markdown

_HOPS = (2, 4, 8)
_HEADINGS = ("", "part", "range (hops)", "by resistance", *(f"beyond {hops}" for hops in _HOPS))
_IS_NUMBER = (False, False, True, True, True, True, True)
_PARTS = {"output": "output", "layers": "layer", "paths": "way between nodes", "channels": "channel"}


def latex_table(parts: Sequence[tuple[str, str, Spread]], alike: Estimate, note: str) -> str:
    """Return the range as a `table` of LaTeX, which needs the package booktabs.

    Parameters
    ----------
    parts
        Influence against distance: kind, name, numbers, as `RangeReport.spreads` gives them.
    alike
        Mean distance if all nodes counted alike.
    note
        What was measured.
    """
    return format_latex(_rows(parts, alike, escape_latex), _IS_NUMBER, caption(note), "range")


def markdown_table(parts: Sequence[tuple[str, str, Spread]], alike: Estimate, note: str) -> str:
    """Return the range as a table of Markdown over its caption, of what `latex_table` takes."""
    return format_markdown(_rows(parts, alike, escape_markdown), _IS_NUMBER, caption(note))


def caption(note: str) -> str:
    """Return what the numbers are."""
    return (
        "Mean distance of the nodes that have influence, weighted by it (arXiv 2506.05971), ± its standard error: in "
        "hops, and by effective resistance; and the share of the influence that comes from beyond some hops. "
        f"{note}."
    )


def _rows(parts: Sequence[tuple[str, str, Spread]], alike: Estimate, escape: Callable[[str], str]) -> list[list[str]]:
    rows = [list(_HEADINGS), *(_row(kind, name, spread) for kind, name, spread in parts)]
    rows.append(["all nodes alike", "", str(alike), *["–"] * (1 + len(_HOPS))])
    return [[escape(cell) for cell in row] for row in rows]


def _row(kind: str, name: str, spread: Spread) -> list[str]:
    resistance = "–" if spread.resistance_range is None else str(spread.resistance_range)
    beyond = [f"{100 * spread.beyond(hops):.2g} %" if spread.shares else "–" for hops in _HOPS]
    return [name, _PARTS[kind], str(spread.range), resistance, *beyond]
