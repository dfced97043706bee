"""A figure as a string of SVG that stands in a page beside others."""

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#222222"
GREY = "#6b6b6b"

# Colours of Okabe and Ito; for whoever sees none, every line has a dash pattern and a marker of its own.
LINES: list[dict[str, Any]] = [
    {"color": "#000000", "linestyle": (0, (4, 2)), "marker": "s"},
    {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    {"color": "#D55E00", "linestyle": (0, (6, 1.5, 1.5, 1.5)), "marker": "^"},
    {"color": "#009E73", "linestyle": (0, (1.5, 1.5)), "marker": "D"},
    {"color": "#CC79A7", "linestyle": (0, (8, 2)), "marker": "v"},
    {"color": "#E69F00", "linestyle": (0, (3, 1.5, 1, 1.5, 1, 1.5)), "marker": "P"},
    {"color": "#56B4E9", "linestyle": (0, (5, 1, 1, 1)), "marker": "X"},
    {"color": GREY, "linestyle": (0, (1, 3)), "marker": "*"},
]

_STYLE: dict[str, Any] = {
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "axes.titlesize": 10.5,
    "font.size": 10,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "text.parse_math": False,  # a name may hold dollar signs
    "svg.fonttype": "none",  # text stays text: small, sharp, and found by the browser's search
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9.5,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9.5,
}


@dataclass(frozen=True)
class Picture:
    """A figure of the page."""

    svg: str
    """An `<svg>` element that says in words what it shows."""
    caption: str


def draw(plot: Callable[["Axes"], None], name: str, alt: str, width: float, height: float) -> str:
    """Draw one pair of axes as an `<svg>` element, equal bytes for equal input.

    Parameters
    ----------
    plot
        Draws on the axes.
    name
        Letters that start every id in the element, so that several figures fit into one page.
    alt
        What is seen, in words, for whoever does not see it.
    width, height
        In inches; text is set for a figure that is shown about as large.

    Raises
    ------
    ModuleNotFoundError
        Without matplotlib, which the group `pipeline` of the dependencies brings.
    """
    from matplotlib import style
    from matplotlib.figure import Figure

    text = io.StringIO()
    with style.context({**_STYLE, "svg.hashsalt": name}, after_reset=True):
        figure = Figure(figsize=(width, height), layout="constrained")
        plot(figure.add_subplot())
        figure.savefig(text, format="svg", metadata={"Creator": None, "Date": None, "Format": None, "Type": None})
    return _inline(text.getvalue(), name, alt)


def grid(axes: "Axes", axis: Any) -> None:
    """Draw light lines behind everything."""
    axes.grid(axis=axis, color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)


def _inline(document: str, name: str, alt: str) -> str:
    """Of an SVG document the element alone, with ids of its own and its text in the page's font."""
    element = document[document.index("<svg") :]
    element = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{name}-", element)
    element = re.sub(r" font-family: [^;]*;", "", element)
    return element.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1).strip()
