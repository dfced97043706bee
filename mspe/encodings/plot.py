"""Pictures of an encoding on a graph: one panel per channel, so that one sees what a scale sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Float
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.files import atomic_file
from mspe.common.section import validate
from mspe.encodings.config import default_params
from mspe.encodings.encoding import Encoding
from mspe.encodings.encoding_set import EncodingSet, node_channels
from mspe.encodings.graph_view import GraphView
from mspe.encodings.packed_views import view_group
from mspe.encodings.registry import ENCODINGS
from mspe.encodings.spectrum import NORMALIZED, compute_spectrum
from mspe.encodings.statistics import GraphStatistics
from mspe.encodings.structure import components, edges_of, simple_adjacency
from mspe.graphs import PackedGraphs
from mspe.graphs.checks import check_graphs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Positions = Float[np.ndarray, "nodes 2"]

_MOST_NODES = 500  # that a picture shows, and that are laid out in some seconds
_MOST_CHANNELS = 64
_COLUMNS = 4
_PANEL = 2.4  # inches
_MARGIN = 0.5  # edges around the nodes
_ROUNDING = 1e-6  # a value that is no further from 0 has no sign
_NOTHING = 1e-12  # a value that is no further from 0 is drawn as 0
_LONGEST_LINE = 26  # characters of a title
_INK, _GREY, _RED = "#222222", "#9aa3ad", "#e8003d"


def plot_encoding(
    graph: Data, encoding: str, path: str | Path | None = None, source: int | None = None, **params: Any
) -> "Figure":
    """Draw the channels of an encoding on a graph, one panel per channel, as `plot_bank` does.

    Parameters
    ----------
    graph
        Of up to 500 nodes; components are laid out side by side.
    encoding
        A name that `mspe encodings` lists.
    path
        A file to write, whose ending is the format: .png, .svg, .pdf.
    source
        A node; pair channels from it to every node are drawn too.
    params
        Its parameters, as `params.yaml` has them: `times=[0.5, 8]`. Scales of a filter are `auto` by default, read off
        this graph.

    Raises
    ------
    MspeError
        If there is no such encoding, it has no channels to draw, a parameter is not allowed, or the graph is too large.

    Examples
    --------
    >>> ring = Data(edge_index=torch.tensor([[0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]]), num_nodes=3)
    >>> [axes.get_title() for axes in plot_encoding(ring, "walk", steps=[1, 2]).axes]
    ['walk(1)', 'walk(2)']
    """
    packed = _packed(graph)
    statistics = GraphStatistics.of([compute_spectrum(packed, torch.float64)], graph.num_nodes, lambda: [packed])
    return plot_bank(graph, EncodingSet([_build(encoding, params, statistics)]), path, source)


def plot_bank(graph: Data, bank: EncodingSet, path: str | Path | None = None, source: int | None = None) -> "Figure":
    """Draw the channels of several encodings on a graph, one panel per channel.

    Each panel has its own colours, from the least to the greatest value, which stand below it. Where an encoding's
    values have both signs, all its panels have one scale, whose middle is 0; where all are 0 or 1, also.

    Parameters
    ----------
    graph, path, source
        As of `plot_encoding`.
    bank
        The encodings; those that are trained with a model are drawn with the weights that they have.
    """
    from matplotlib.figure import Figure

    view, channels = evaluate_channels(graph, bank, source)
    positions = lay_out(view)
    rows = -(-len(channels) // _COLUMNS)
    columns = -(-len(channels) // rows)
    width, height = np.ptp(positions, axis=0) + 2 * _MARGIN
    scale = _PANEL / max(width, 1.2 * height)  # inches per edge
    figure = Figure(
        figsize=(columns * (_PANEL + 0.2), rows * (height * scale + 0.6)), layout="constrained", facecolor="white"
    )
    for number, channel in enumerate(channels):
        axes = figure.add_subplot(rows, columns, number + 1)
        axes.set_title(channel.title, fontsize=10, color=_INK, parse_math=False)
        draw_channel(axes, view, positions, channel, scale)
    if path is not None:
        _write(figure, Path(path))
    return figure


@dataclass(frozen=True)
class Channel:
    """A channel on the nodes of a graph.

    Attributes
    ----------
    name
        As the bank has it; of a pair channel with its source.
    values
        One per node.
    limits
        The values of the first and the last colour.
    diverging
        Whether the middle colour is that of 0.
    source
        The node from which a pair channel leads.
    """

    name: str
    values: Float[np.ndarray, " nodes"]
    limits: tuple[float, float]
    diverging: bool
    source: int | None = None

    @property
    def title(self) -> str:
        """The name; a long one in two lines, so that it is no wider than its panel."""
        return self.name if len(self.name) <= _LONGEST_LINE else self.name.replace("(", "\n(", 1)


@torch.no_grad()
def evaluate_channels(graph: Data, bank: EncodingSet, source: int | None = None) -> tuple[GraphView, list[Channel]]:
    """Return the view of a graph, its node channels, and its pair channels from a node."""
    packed = _packed(graph)
    _check_drawable(bank, source, graph.num_nodes)
    spectrum = compute_spectrum(packed, torch.float64, operators=bank.operators | {NORMALIZED})
    view = view_group(spectrum, graph.num_nodes, torch.tensor([0]), lambda: packed)
    found: list[Channel] = []
    if bank.on_nodes:
        found += _coloured([e.node_channels for e in bank.on_nodes], node_channels(bank.on_nodes, view))
    if source is not None and bank.on_pairs:
        names = [[f"{name} from {source}" for name in e.pair_channels] for e in bank.on_pairs]
        found += _coloured(names, bank.pair(view)[0, source], source)
    return view, found


def _packed(graph: Data) -> PackedGraphs:
    if graph.num_nodes > _MOST_NODES:
        raise MspeError(f"plot_encoding: got a graph of {graph.num_nodes} nodes, allowed: up to {_MOST_NODES}")
    packed = PackedGraphs.from_structure(graph)
    check_graphs(packed)
    return packed


def _check_drawable(bank: EncodingSet, source: int | None, num_nodes: int) -> None:
    if source is not None and not 0 <= source < num_nodes:
        raise MspeError(f"plot_encoding: source: got {source}, allowed: 0 to {num_nodes - 1}")
    count = len(bank.node_channels) + (0 if source is None else len(bank.pair_channels))
    if not count:
        names = ", ".join(encoding.name for encoding in bank) or "the bank"
        pairs = bank.pair_channels and source is None
        remedy = "give source, the node from which pair channels are drawn" if pairs else "choose another encoding"
        raise MspeError(f"plot_encoding: {names} has no node channels to draw; {remedy}")
    if count > _MOST_CHANNELS:
        raise MspeError(f"plot_encoding: got {count} channels, allowed: up to {_MOST_CHANNELS}")


def _build(name: str, given: dict[str, Any], statistics: GraphStatistics) -> Encoding:
    encoding = ENCODINGS[name]
    params = validate(encoding.Params, {**default_params(encoding), **given}, f"plot_encoding: {name}")
    return encoding.from_params(encoding.resolve(params, statistics), trainable=False)


def _coloured(
    names: Sequence[Sequence[str]], values: Float[torch.Tensor, "nodes channels"], source: int | None = None
) -> list[Channel]:
    """Channels of several encodings, each with the colours of its encoding."""
    found: list[Channel] = []
    columns = values.double().numpy().T
    columns = np.where(np.abs(columns) < _NOTHING, 0.0, columns)
    for own in names:
        part = columns[len(found) : len(found) + len(own)]
        limits, diverging = _colour_limits(part)
        found += [Channel(*one, diverging, source) for one in zip(own, part, limits, strict=True)]
    return found


def _colour_limits(values: Float[np.ndarray, "channels nodes"]) -> tuple[list[tuple[float, float]], bool]:
    """The values that have the first and the last colour, per channel, and whether 0 has the middle one."""
    largest = float(np.abs(values).max())
    if values.min() < -_ROUNDING < _ROUNDING < values.max():
        return [(-largest, largest)] * len(values), True
    if np.isin(values, (0.0, 1.0)).all():
        return [(0.0, 1.0)] * len(values), False
    return [_own_limits(one) for one in values], False


def _own_limits(values: Float[np.ndarray, " nodes"]) -> tuple[float, float]:
    """The least and the greatest value; of a constant one a range in which rounding does not show."""
    low, high = float(values.min()), float(values.max())
    return (low, high) if high - low > _ROUNDING * max(abs(low), abs(high)) else (low, low + 1.0)


def lay_out(graphs: GraphView) -> Positions:
    """Return places of the nodes in the plane: edges about one long, components in rows, the largest first.

    Within a component, distances are like numbers of steps (Kamada and Kawai 1989); a planar one begins without
    crossings.
    """
    adjacency = simple_adjacency(graphs)
    component = components(adjacency)
    members = [np.flatnonzero(component == number) for number in range(component.max() + 1)]
    members.sort(key=len, reverse=True)
    parts = [_lay_out_connected(adjacency[nodes][:, nodes].toarray()) for nodes in members]
    corners = _rows_of_boxes(np.array([np.ptp(part, axis=0) + 1.0 for part in parts]))
    positions = np.zeros((component.size, 2))
    for nodes, part, corner in zip(members, parts, corners, strict=True):
        positions[nodes] = part - [0.0, part[:, 1].max()] - [part[:, 0].min(), 0.0] + corner
    return positions


def _rows_of_boxes(sizes: Float[np.ndarray, "boxes 2"]) -> Float[np.ndarray, "boxes 2"]:
    """The upper left corners of boxes side by side, in rows that make about a square."""
    widest = max(sizes[:, 0].max(), 1.2 * float(np.sqrt(sizes.prod(axis=1).sum())))
    corners: list[tuple[float, float]] = []
    x = y = row_height = 0.0
    for width, height in sizes:
        if x + width > widest and corners:
            x, y, row_height = 0.0, y - row_height, 0.0
        corners.append((x, y))
        x, row_height = x + width, max(row_height, height)
    return np.array(corners)


def _lay_out_connected(matrix: Float[np.ndarray, "nodes nodes"]) -> Positions:
    import networkx

    network = networkx.from_numpy_array(matrix)
    if len(network) == 1:
        return np.zeros((1, 2))
    start = networkx.planar_layout(network) if networkx.is_planar(network) else None
    places = np.array([place for _, place in sorted(networkx.kamada_kawai_layout(network, pos=start).items())])
    row, column = np.nonzero(matrix)
    turned = places @ np.linalg.svd(places - places.mean(axis=0))[2].T  # the longer side lies flat
    return turned / np.linalg.norm(turned[row] - turned[column], axis=1).mean()


def draw_channel(axes: "Axes", graphs: GraphView, positions: Positions, channel: Channel, scale: float) -> None:
    """Draw a channel on the nodes at their places, its range below; `scale`: inches per edge."""
    from matplotlib.collections import LineCollection

    values, (low, high) = channel.values, channel.limits
    edges = np.stack(edges_of(simple_adjacency(graphs)))
    diameter = float(np.clip(72 * scale * 0.55, 3.0, 11.0))  # points
    is_source = [node == channel.source for node in range(len(values))]
    axes.add_collection(LineCollection(positions[edges.T].tolist(), colors=_GREY, linewidths=0.9, zorder=1))
    axes.scatter(
        positions[:, 0], positions[:, 1], c=values, s=diameter**2, cmap="RdBu_r" if channel.diverging else "viridis",
        vmin=low, vmax=high, edgecolors=[_RED if one else _INK for one in is_source],
        linewidths=[2.0 if one else 0.4 for one in is_source], zorder=2, clip_on=False,
    )  # fmt: skip
    least, greatest = (f"{value + 0.0:.3g}".replace("-", "−") for value in (values.min(), values.max()))
    axes.set_xlabel(f"{least} … {greatest}" if least != greatest else least, fontsize=8, color=_INK)
    axes.set_aspect("equal")
    for limit, side in ((axes.set_xlim, positions[:, 0]), (axes.set_ylim, positions[:, 1])):
        limit(side.min() - _MARGIN, side.max() + _MARGIN)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)


def _write(figure: "Figure", path: Path) -> None:
    """Write the picture in the format of the file's ending."""
    known = figure.canvas.get_supported_filetypes()
    if path.suffix[1:] not in known:
        raise MspeError(f"{path}: unknown format {path.suffix!r}, allowed: {', '.join(f'.{name}' for name in known)}")
    with atomic_file(path) as file:
        figure.savefig(file, format=path.suffix[1:], dpi=150)
