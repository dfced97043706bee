"""What `TrainedModel.range` returns: how far a model looks, in numbers, a sentence, and ways to keep them."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mspe.common.csv_files import write_csv
from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.json_files import write_json
from mspe.influence.causal import CausalCurve
from mspe.influence.error_curve import ErrorCurve
from mspe.influence.estimate import Estimate
from mspe.influence.gradient import GradientInfluence
from mspe.influence.page import pictures, render_page
from mspe.influence.paper import latex_table, markdown_table
from mspe.influence.readout import Readout
from mspe.influence.scales import ScaleUse
from mspe.influence.spread import RESISTANCE_EDGES, Spread
from mspe.page.drawing import Picture
from mspe.page.figure_files import is_folder, save_figures

ENDINGS = (".html", ".json", ".csv", ".tex", ".md")

_LITTLE = 0.1  # share of the influence that the answer's "beyond" may hold
_BEYOND = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class About:
    """Description of what was measured.

    Attributes
    ----------
    checkpoint, dataset
        Where the model comes from, and what it was trained on.
    measured
        On what influence is measured: `output`, or `last layer`, the nodes' states behind it.
    graphs, nodes
        Measured.
    of_graphs
        Number of graphs from which these were drawn.
    probes, seed
        Backward passes per node, and the seed of what is random.
    """

    checkpoint: str
    dataset: str
    measured: str
    graphs: int
    nodes: int
    of_graphs: int
    probes: int
    seed: int


@dataclass(frozen=True)
class RangeReport:
    """Range of a model by several measures; printed it is a table under a sentence.

    Attributes
    ----------
    about
        What was measured.
    alike
        Mean distance that there would be if all nodes of a component counted alike.
    influence
        By gradients.
    occlusion, removal, rewiring
        Changes of the output where, from a distance on, features are others, edges are removed, or edges join others
        of the nodes. Edges are left alone where a graph is so large that the encodings of each other one would take
        long.
    readouts
        By layer, how well its states tell degrees and distances; empty with fewer than four graphs.
    scales
        Of each filter's scale its reach, its weight in the model, and the range that comes of it; empty without
        filters, and of large graphs.
    errors
        By distance, diameter or size, where the graphs have targets.
    """

    about: About
    alike: Estimate
    influence: GradientInfluence
    occlusion: CausalCurve
    removal: CausalCurve | None
    rewiring: CausalCurve | None
    readouts: dict[str, Readout]
    scales: list[ScaleUse]
    errors: list[ErrorCurve] = field(default_factory=list)

    @property
    def answer(self) -> str:
        """Finding in a sentence or two."""
        found = self.influence.output
        if found.range.mean is None:
            return "No node's features influence the output: the model reads the structure of the graph alone."
        hops = next(hops for hops in range(1, len(found.shares) + 1) if found.beyond(hops) <= _LITTLE)
        share = f"{100 * found.beyond(hops):.2g} %" if found.beyond(hops) else "none"
        text = (
            f"The model uses the graph up to {found.range.mean:.1f} hops on average; {share} of the influence comes "
            f"from beyond {hops}."
        )
        if self.occlusion.range is None:
            return text
        told = f"{text} Judged by replaced features, it looks {self.occlusion.range:.1f} hops far"
        differ = abs(self.occlusion.range - found.range.mean) > 1
        return f"{told}: the two differ, as gradients see small changes alone." if differ else f"{told}."

    def spreads(self) -> Iterator[tuple[str, str, Spread]]:
        """Iterate over parts and names of all that was measured, with the influence against distance.

        Of a model that scores graphs or pairs the last of `layers` stands for the output.
        """
        if self.about.measured == "output":
            yield "output", "output", self.influence.output
        for kind in ("layers", "paths", "channels"):
            for name, spread in getattr(self.influence, kind).items():
                yield kind, name, spread

    def table(self) -> list[dict[str, Any]]:
        """Return one dictionary per output, layer, path and channel, for `pandas.DataFrame(report.table())`."""
        return [
            {
                "part": part,
                "name": name,
                "range": spread.range.mean,
                "error": spread.range.error,
                "range_sum": spread.range_sum.mean,
                "resistance_range": None if spread.resistance_range is None else spread.resistance_range.mean,
                **{f"beyond_{hops}": spread.beyond(hops) if spread.shares else None for hops in _BEYOND},
                "elsewhere": spread.elsewhere.mean,
                "silent": spread.silent,
            }
            for part, name, spread in self.spreads()
        ]

    def summary(self) -> dict[str, float | None]:
        """Return the range by each measure, the receptive field by replaced features, shares beyond 4 and 8 hops."""
        found = self.influence.output
        curves = {"occlusion": self.occlusion, "removal": self.removal, "rewiring": self.rewiring}
        return {
            "range": found.range.mean,
            "error": found.range.error,
            **{name: None if curve is None else curve.range for name, curve in curves.items()},
            "receptive_field": self.occlusion.receptive_field,
            **{f"beyond_{hops}": found.beyond(hops) if found.shares else None for hops in (4, 8)},
        }

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {"answer": self.answer, "resistance_edges": list(RESISTANCE_EDGES[:-1]), **asdict(self)}

    def save(self, path: str | Path) -> None:
        """Write the page, a table, the numbers alone, or the figures.

        Parameters
        ----------
        path
            A file that ends in `.html`, `.json` (everything), `.csv` (the table), or `.tex` or `.md`, for a table of
            LaTeX (booktabs) or Markdown. Or a folder, as `figures/`: each figure as `.svg`, `.pdf` and `.png`, and what
            it shows as `.csv` and `.json`.

        Raises
        ------
        MspeError
            If it ends otherwise, or cannot be written.
        """
        writers: dict[str, Callable[[], None]] = {
            ".html": lambda: write_text(path, self._page()),
            ".json": lambda: write_json(path, self.to_json()),
            ".csv": lambda: write_csv(path, self._columns()),
            ".tex": lambda: write_text(path, latex_table(list(self.spreads()), self.alike, self._note)),
            ".md": lambda: write_text(path, markdown_table(list(self.spreads()), self.alike, self._note)),
            "/": lambda: save_figures(path, self._pictures()),
        }
        writers[check_ending(path)]()

    @property
    def _note(self) -> str:
        """What was measured."""
        about = self.about
        return (
            f"{about.checkpoint}, trained on {about.dataset}; influence on the {about.measured} at {about.nodes:,} "
            f"nodes of {about.graphs:,} of {about.of_graphs:,} graphs"
        )

    @property
    def _curves(self) -> dict[str, CausalCurve | None]:
        """What was changed from a distance on, by its name in the figure."""
        return {
            "other features": self.occlusion,
            "edges removed": self.removal,
            "edges rewired": self.rewiring,
        }

    def _pictures(self) -> list[Picture]:
        return pictures(list(self.spreads()), self._curves, self.influence.example, self.scales, self.errors)

    def _columns(self) -> dict[str, list[Any]]:
        rows = self.table()
        return {name: [row[name] for row in rows] for name in rows[0]}

    def _page(self) -> str:
        return render_page(
            answer=self.answer,
            note=self._note,
            alike=self.alike,
            parts=list(self.spreads()),
            curves=self._curves,
            example=self.influence.example,
            readouts=self.readouts,
            scales=self.scales,
            errors=self.errors,
            content=self.to_json(),
        )

    def __str__(self) -> str:
        headings = ["", "range", "by resistance", "beyond 4", "beyond 8"]
        rows = [headings, *(_row(name, spread) for _, name, spread in self.spreads())]
        rows.append(["(all nodes alike)", str(self.alike), "", "", ""])
        width = max(len(row[0]) for row in rows)
        lines = [f"{row[0]:<{width}}" + "".join(f"{cell:>15}" for cell in row[1:]) for row in rows]
        return "\n".join([self.answer, "", *(line.rstrip() for line in lines)])


def _row(name: str, spread: Spread) -> list[str]:
    resistance = "–" if spread.resistance_range is None else str(spread.resistance_range)
    far = [f"{100 * spread.beyond(hops):.2g} %" if spread.shares else "–" for hops in (4, 8)]
    return [name, str(spread.range), resistance, *far]


def check_ending(path: str | Path) -> str:
    """Return the ending of a file that `RangeReport.save` can write; of a folder a slash.

    Raises
    ------
    MspeError
        If it has another one.
    """
    if is_folder(path):
        return "/"
    suffix = Path(path).suffix.lower()
    if suffix not in ENDINGS:
        raise MspeError(
            f"{path}: got the ending {suffix or 'none'!r}, allowed: {', '.join(ENDINGS)}, or / for a folder"
        )
    return suffix
