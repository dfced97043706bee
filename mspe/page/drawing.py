"""A figure as an SVG element that stands in a page beside others, or as a file of its own."""

import html
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

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
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9.5,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9.5,
}


Format = Literal["svg", "pdf", "png"]
_NO_METADATA: dict[Format, dict[str, None]] = {
    "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
    "pdf": dict.fromkeys(("Creator", "Producer", "CreationDate")),
    "png": {"Software": None},
}
"""Of dates and versions, which would make the bytes of one figure differ."""


@dataclass(frozen=True)
class Drawing:
    """One pair of axes, drawn anew in each format; equal input gives equal bytes.

    Drawing raises ModuleNotFoundError without matplotlib.

    Attributes
    ----------
    plot
        Draws on the axes.
    name
        Letters, figures and hyphens: of files, and before every id of the `<svg>` element, so that several figures fit
        into one page.
    alt
        What is seen, in words, for whoever does not see it.
    width, height
        In inches; text is set for a figure that is shown about as large.
    """

    plot: Callable[["Axes"], None]
    name: str
    alt: str
    width: float
    height: float

    def element(self) -> str:
        """Return an `<svg>` element that stands in a page beside others."""
        content = io.BytesIO()
        self._draw(content, "svg", {"svg.fonttype": "none"})  # text stays text: small, sharp, and found by the search
        return _inline(content.getvalue().decode(), self.name, self.alt)

    def write(self, file: BinaryIO | io.BytesIO, kind: Format) -> None:
        """Write the figure as a file of its own: svg and pdf with their fonts, png with 200 dots per inch."""
        self._draw(file, kind, {"svg.fonttype": "path", "pdf.fonttype": 42})

    def _draw(self, file: BinaryIO | io.BytesIO, kind: Format, fonts: Mapping[str, Any]) -> None:
        from matplotlib import style
        from matplotlib.figure import Figure

        with style.context({**_STYLE, **fonts, "svg.hashsalt": self.name}, after_reset=True):
            figure = Figure(figsize=(self.width, self.height), layout="constrained")
            self.plot(figure.add_subplot())
            figure.savefig(file, format=kind, dpi=200, metadata=_NO_METADATA[kind])


@dataclass(frozen=True)
class Picture:
    """A figure of a page, and what it shows as numbers."""

    drawing: Drawing
    caption: str
    data: Mapping[str, Sequence[Any]]
    """Columns of equal length; None where a number is unknown."""

    @property
    def svg(self) -> str:
        """An `<svg>` element that says in words what it shows."""
        return self.drawing.element()


def as_columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """Return rows as columns by name.

    Examples
    --------
    >>> as_columns(["hops", "share"], [(0, 0.75), (1, 0.25)])
    {'hops': [0, 1], 'share': [0.75, 0.25]}
    """
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


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
