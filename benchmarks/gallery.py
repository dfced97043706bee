"""docs/gallery.md and its pictures: the same molecule, grid and barbell under ten encodings.

python -m benchmarks.gallery
"""

import argparse
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from mspe.common.files import atomic_file, write_text
from mspe.encodings import ENCODINGS, EncodingSet, Filter
from mspe.encodings.plot import Channel, draw_channel, evaluate_channels, lay_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

TARGET, PICTURES = Path("docs/gallery.md"), Path("docs/gallery")
SOURCE = 0
"""Of pair channels: a methyl group of the molecule, a corner of the grid, a node of a clique of the barbell."""
_WIDTH, _HEIGHTS, _DPI = 2.1, (1.35, 1.5, 0.95), 100  # of a panel, by graph, in inches

HEAD = """# Gallery

Made by `python -m benchmarks.gallery`. Three graphs under ten encodings, a column per channel: caffeine, a grid of
4 × 7, and a barbell, two cliques of six nodes joined by a path of four. `mspe encode` draws the same of your graphs:

```bash
mspe encode graphs.pt --plot scales.png --graph 7 --encoding heat=[0.5,2,8]
mspe encode zinc --plot pairs.png --source 0 --encoding ppr=[0.1,0.5]
```

A panel has its own scale of colours, dark for its least and yellow for its greatest value, which stand below it:
colours compare the nodes of a panel, and numbers compare panels. Where values have both signs, as those of
eigenvectors, all panels of a graph have one scale: blue below 0, white at 0, red above. Channels “from 0” are those of
pairs, from the node with the red outline to every node.
"""


@dataclass(frozen=True)
class Row:
    """An encoding of the gallery.

    Attributes
    ----------
    name
        Of the encoding, and of its picture.
    params
        As in `params.yaml`.
    channels
        Those that are shown, in their order.
    seen
        What one sees.
    """

    name: str
    params: dict[str, Any]
    channels: Sequence[str]
    seen: str


TIMES = (0.5, 2, 8, 32)
BY_TIME = [f"{time:g}" for time in TIMES]
ROWS = (
    Row(
        "walk",
        {"steps": [2, 3, 8, 16]},
        [f"walk({steps})" for steps in (2, 3, 8, 16)],
        "The probability that a random walk is back after so many steps. Two steps see the degrees of neighbours, "
        "three see triangles (0 without any), more steps see the surroundings, until the start is forgotten and the "
        "degree alone is left.",
    ),
    Row(
        "heat",
        {"times": list(TIMES)},
        [f"heat({time})" for time in BY_TIME],
        "The heat that is still at a node after so long. At short times most is left where neighbours have few other "
        "edges; at 8 the cliques of the barbell hold it, behind a bottleneck; at last it is spread by degree.",
    ),
    Row(
        "wavelet",
        {"times": list(TIMES)},
        [f"wavelet({time})" for time in BY_TIME],
        "A band of frequencies around 1/t instead of all below it: each time sees parts of one size and is blind to "
        "both smaller and larger ones.",
    ),
    Row(
        "ppr",
        {"restarts": [0.5, 0.2, 0.1, 0.02]},
        [f"ppr({restart}) from 0" for restart in (0.5, 0.2, 0.1, 0.02)],
        "Where a walk from one node is found if it starts anew with this probability at every step. Frequent restarts "
        "stay near the source; rare ones fill its cluster first, and then follow the degree.",
    ),
    Row(
        "eigenvectors",
        {"count": 4},
        [f"eigenvector({number})" for number in (1, 2, 3, 4)],
        "Standing waves, from the slowest on: the first cuts a graph in two, the next ones are bound to longer sides "
        "and to the barbell's path. The sign of each is arbitrary.",
    ),
    Row(
        "diffusion_distance",
        {"times": list(TIMES)},
        [f"diffusion_distance({time}) from 0" for time in BY_TIME],
        "How different the heat looks that starts at two nodes. At short times all other nodes are equally far, then "
        "near ones are close, on the barbell a whole clique; at last degrees count, so the corners of the grid meet.",
    ),
    Row(
        "resistance",
        {},
        ["resistance(mean)", "resistance(max)", "resistance from 0", "resistance(log commute time) from 0"],
        "Each edge is a resistor of 1 Ω. Several ways bring two nodes closer, so a clique is almost one point, and "
        "every step of a path counts whole.",
    ),
    Row(
        "communicability",
        {"betas": [1.0, 2.0, 4.0, 8.0]},
        [f"communicability({beta})" for beta in (1, 2, 4, 8)],
        "All closed walks of a node, long ones with more weight as β grows: from the degree to the centre of the part "
        "with the largest eigenvalue.",
    ),
    Row(
        "cycles",
        {"lengths": [3, 4, 5, 6]},
        [f"cycles({length})" for length in (3, 4, 5, 6)],
        "log(1 + number of simple cycles) of each length through a node. Both rings of the molecule, the squares of "
        "the grid and their unions, and how many cycles a clique has.",
    ),
    Row(
        "roles",
        {},
        ["roles(core_number)", "roles(pagerank)", "roles(eccentricity)", "roles(betweenness)"],
        "Classical measures: the innermost core a node is in, visits of a walk, the distance to the farthest node (all "
        "three as log(1 + x)), and the share of shortest paths through it, large on the barbell's bridge.",
    ),
)


def graphs() -> list[Data]:
    """Caffeine, a grid and a barbell."""
    caffeine = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 1), (5, 6), (6, 7), (6, 8)]
    caffeine += [(8, 9), (8, 10), (10, 11), (10, 12), (12, 4), (12, 13)]
    networks = [nx.Graph(caffeine), nx.grid_2d_graph(4, 7), nx.barbell_graph(6, 4)]
    numbered = (nx.convert_node_labels_to_integers(network, ordering="sorted") for network in networks)
    return [Data(edge_index=from_networkx(network).edge_index, num_nodes=len(network)) for network in numbered]


def draw(row: Row) -> "Figure":
    """Draw an encoding: a row per graph, a column per channel."""
    from matplotlib.figure import Figure

    params = {row.name: row.params}
    is_filter = issubclass(ENCODINGS[row.name], Filter)
    bank = EncodingSet.from_config({"filters": params} if is_filter else params)
    size = _WIDTH * len(row.channels), sum(_HEIGHTS) + 0.9
    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    grid = figure.subplots(len(_HEIGHTS), len(row.channels), height_ratios=_HEIGHTS)
    for line, (graph, height) in enumerate(zip(graphs(), _HEIGHTS, strict=True)):
        view, found = evaluate_channels(graph, bank, SOURCE)
        by_name: dict[str, Channel] = {channel.name: channel for channel in found}
        positions = lay_out(view)
        extent = np.ptp(positions, axis=0) + 1.0
        for axes, name in zip(grid[line], row.channels, strict=True):
            draw_channel(axes, view, positions, by_name[name], min(_WIDTH / extent[0], height / extent[1]))
            if not line:
                axes.set_title(by_name[name].title, fontsize=9, parse_math=False)
    return figure


def write_gallery(target: Path = TARGET, pictures: Path = PICTURES) -> None:
    """Write the page and its pictures."""
    pictures.mkdir(parents=True, exist_ok=True)
    for row in ROWS:
        with atomic_file(pictures / f"{row.name}.png") as file:
            _pixels(draw(row)).save(file, format="png", optimize=True)
    write_text(target, page())


def _pixels(figure: "Figure") -> "Image":
    """The picture in 256 colours, a third of the bytes."""
    from PIL import Image

    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=_DPI)
    return Image.open(content).convert("RGB").quantize(256)


def page() -> str:
    """The text of the gallery."""
    return "\n".join([HEAD, *(_section(row) for row in ROWS)])


def _section(row: Row) -> str:
    return f"## `{row.name}`\n\n{row.seen}\n\n![{row.name}]({PICTURES.name}/{row.name}.png)\n"


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    write_gallery()


if __name__ == "__main__":
    main()
