"""Pictures of an encoding on a graph: one panel per channel, so that one sees what a scale sees."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.files import atomic_file
from mspe.common.section import validate
from mspe.encodings.catalogue import ScaleFilter
from mspe.encodings.encoding import Encoding
from mspe.encodings.encoding_set import EncodingSet, node_channels, view_group
from mspe.encodings.graph_view import GraphView
from mspe.encodings.registry import ENCODINGS
from mspe.encodings.scales import AUTO
from mspe.encodings.spectrum import compute_spectrum
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
_INK, _GREY = "#222222", "#9aa3ad"


def plot_encoding(graph: Data, encoding: str, path: str | Path | None = None, **params: Any) -> "Figure":
    """Draw the node channels of an encoding on a graph, one panel per channel.

    Each panel has its own colours, from the least to the greatest value, which stand below it. Where signs count, as
    with eigenvectors, and where all values are 0 or 1, all panels have the same.

    Parameters
    ----------
    graph
        Of up to 500 nodes; components are laid out side by side.
    encoding
        A name that `mspe encodings` lists, of an encoding with node channels.
    path
        A file to write, whose ending is the format: .png, .svg, .pdf.
    params
        Its parameters, as `params.yaml` has them: `times=[0.5, 8]`. Scales of a filter are `auto` by default, read off
        this graph.

    Raises
    ------
    MspeError
        If there is no such encoding, it has no node channels, a parameter is not allowed, or the graph is too large.

    Examples
    --------
    >>> ring = Data(edge_index=torch.tensor([[0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]]), num_nodes=3)
    >>> [axes.get_title() for axes in plot_encoding(ring, "walk", steps=[1, 2]).axes]
    ['walk(1)', 'walk(2)']
    """
    from matplotlib.figure import Figure

    if graph.num_nodes > _MOST_NODES:
        raise MspeError(f"plot_encoding: got a graph of {graph.num_nodes} nodes, allowed: up to {_MOST_NODES}")
    packed = PackedGraphs.from_structure(graph)
    check_graphs(packed)
    spectrum = compute_spectrum(packed, torch.float64)
    view = view_group(spectrum, graph.num_nodes, torch.tensor([0]), lambda: packed)
    statistics = GraphStatistics.of([spectrum], graph.num_nodes, lambda: [packed])
    bank = EncodingSet([_build(encoding, params, statistics)])
    if not bank.node_channels:
        raise MspeError(
            f"plot_encoding: {encoding} has no node channels to draw; `mspe encodings` lists those that have"
        )
    if len(bank.node_channels) > _MOST_CHANNELS:
        raise MspeError(f"plot_encoding: got {len(bank.node_channels)} channels, allowed: up to {_MOST_CHANNELS}")
    with torch.no_grad():
        values = node_channels(bank.on_nodes, view).double().numpy().T  # [channels, nodes]
    ranges = _colour_ranges(values, any(bank.signed))
    positions, edges = lay_out(view), np.stack(edges_of(simple_adjacency(view)))
    rows = -(-len(values) // _COLUMNS)
    columns = -(-len(values) // rows)
    width, height = np.ptp(positions, axis=0) + 2 * _MARGIN
    scale = _PANEL / max(width, 1.2 * height)  # inches per edge
    figure = Figure(
        figsize=(columns * (_PANEL + 0.2), rows * (height * scale + 0.6)), layout="constrained", facecolor="white"
    )
    for number, (name, channel) in enumerate(zip(bank.node_channels, values, strict=True)):
        axes = figure.add_subplot(rows, columns, number + 1)
        axes.set_title(name, fontsize=10, color=_INK, parse_math=False)
        colour_map = "RdBu_r" if any(bank.signed) else "viridis"
        _draw(axes, positions, edges, channel, (*ranges[number], colour_map), scale)
    if path is not None:
        _write(figure, Path(path))
    return figure


def _build(name: str, given: dict[str, Any], statistics: GraphStatistics) -> Encoding:
    encoding = ENCODINGS[name]
    if not given and issubclass(encoding, ScaleFilter):
        given = {encoding.parameter(): AUTO}
    params = validate(encoding.Params, given, f"plot_encoding: {name}")
    return encoding.from_params(encoding.resolve(params, statistics), trainable=False)


def _colour_ranges(values: Float[np.ndarray, "channels nodes"], signed: bool) -> Float[np.ndarray, "channels 2"]:
    """The values that have the first and the last colour, per channel."""
    if signed:
        return np.tile(np.abs(values).max() * np.array([-1.0, 1.0]), (len(values), 1))
    if np.isin(values, (0.0, 1.0)).all():
        return np.tile([0.0, 1.0], (len(values), 1))
    return np.stack([values.min(axis=1), values.max(axis=1)], axis=1)


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


def _draw(
    axes: "Axes",
    positions: Positions,
    edges: Int[np.ndarray, "2 edges"],
    values: Float[np.ndarray, " nodes"],
    colours: tuple[float, float, str],
    scale: float,
) -> None:
    """Draw one channel; colours are the values of the first and the last one, and the map's name."""
    from matplotlib.collections import LineCollection

    low, high, colour_map = colours
    diameter = float(np.clip(72 * scale * 0.55, 3.0, 11.0))  # points
    axes.add_collection(LineCollection(positions[edges.T].tolist(), colors=_GREY, linewidths=0.9, zorder=1))
    axes.scatter(
        positions[:, 0], positions[:, 1], c=values, s=diameter**2, cmap=colour_map,
        vmin=low, vmax=high if high > low else low + 1.0, edgecolors=_INK, linewidths=0.4, zorder=2, clip_on=False,
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
