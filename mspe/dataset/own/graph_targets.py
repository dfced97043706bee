"""The targets of saved graphs: whether `y` is of graphs or of their nodes, and which graphs it fits."""

import logging
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path

from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import RejectedRows
from mspe.graphs import TargetLevel
from mspe.graphs.validation import Problem

logger = logging.getLogger(__name__)

GraphId = tuple[Path, int]
"""A file, and the number of a graph in it."""


def count_nodes_by_targets(graphs: Mapping[GraphId, Data], untold: Set[GraphId], folder: Path) -> None:
    """Give graphs that do not tell how many nodes they have as many as `y` has rows, where y can only be of nodes.

    The largest index of the edges misses isolated nodes at the end. `y` is of nodes beyond doubt where it has at least
    a row per known node in every graph, and its rows are columns of a table or their number varies.

    Parameters
    ----------
    graphs
        Those that can be used.
    untold
        Those whose nodes were counted by the largest index alone.
    folder
        For messages.

    Raises
    ------
    MspeError
        If y may be of nodes, or several targets of each graph.
    """
    given = {place: graph for place, graph in graphs.items() if graph.y is not None and graph.y.ndim > 0}
    short = [p for p, graph in given.items() if p in untold and graph.y.size(0) > max(1, graph.num_nodes)]
    if not short or not all(_may_have_rows_of_nodes(graph, place in untold) for place, graph in given.items()):
        return
    (rows, count), *_ = Counter(graph.y.size(0) for graph in given.values()).most_common()
    if 2 * count > len(given) and all(graph.y.ndim == 1 for graph in given.values()):
        path, number = short[0]
        raise MspeError(
            f"{folder}: y has {rows} numbers, but the edges of graph {number} of {path.name} name "
            f"{graphs[short[0]].num_nodes} nodes; save num_nodes if y is of nodes, or y in shape [1, {rows}] if it is "
            "of graphs"
        )
    for place in short:
        graphs[place].num_nodes = graphs[place].y.size(0)
    logger.warning(
        "%s: %d graphs have more rows of y than nodes with edges: as many nodes as y has rows", folder, len(short)
    )


def _may_have_rows_of_nodes(graph: Data, untold: bool) -> bool:
    rows = graph.y.size(0)
    return rows >= graph.num_nodes if untold else rows == graph.num_nodes


def shape_targets(graphs: Mapping[GraphId, Data], folder: Path) -> TargetLevel:
    """Decide what the targets belong to, and give each graph that they fit one row a graph or one row a node.

    To nodes, where at least as many graphs have a row of y per node as have y of one size, and not all of them have
    one node.

    Raises
    ------
    MspeError
        If y fits neither most graphs nor their nodes.
    """
    given = {place: graph for place, graph in graphs.items() if graph.y is not None}
    of_nodes = [graph for graph in given.values() if _has_rows_of_nodes(graph)]
    width, of_graphs = Counter(graph.y.numel() for graph in given.values()).most_common(1)[0]
    by_node = len(of_nodes) >= of_graphs and any(graph.num_nodes > 1 for graph in of_nodes)
    if 2 * max(of_graphs, len(of_nodes)) <= len(given):
        _refuse_sizes(given, width, folder)
    _say_if_ambiguous(list(given.values()), by_node, width, folder)
    for graph in of_nodes if by_node else given.values():
        graph.y = graph.y.reshape(graph.num_nodes if by_node else 1, -1)
    return "node" if by_node else "graph"


def _has_rows_of_nodes(graph: Data) -> bool:
    return graph.y.size()[:1] == (graph.num_nodes,)


def _refuse_sizes(given: Mapping[GraphId, Data], width: int, folder: Path) -> None:
    (path, number), other = next((place, g.y.numel()) for place, g in given.items() if g.y.numel() != width)
    by_edge = all(graph.y.size()[:1] == (graph.num_edges,) for graph in given.values())
    hint = " (y has a row per edge; targets of edges are not read)" if by_edge else ""
    raise MspeError(
        f"{folder}: y has {other} numbers in graph {number} of {path.name} and {width} in others{hint}; give one row a "
        "node in every graph, or as many numbers in every graph"
    )


def _say_if_ambiguous(given: list[Data], by_node: bool, width: int, folder: Path) -> None:
    """Say what y was taken for where it has as many numbers as every graph has nodes, of several graphs."""
    if (
        width == 1
        or len(given) == 1
        or not all(graph.y.ndim == 1 and graph.num_nodes == graph.y.numel() == width for graph in given)
    ):
        return
    if by_node:
        logger.warning(
            "%s: y has %d numbers, as many as each graph has nodes: taken as one per node; if they are %d targets of "
            "each graph, save y in shape [1, %d]",
            *(folder, width, width, width),
        )


def keep_with_target(graphs: Mapping[GraphId, Data], level: TargetLevel, rejected: RejectedRows) -> dict[GraphId, Data]:
    """The graphs whose targets can be used; the others are counted."""
    fitting = [g for g in graphs.values() if g.y is not None and (level == "graph" or _has_rows_of_nodes(g))]
    width = Counter(_width(graph.y, level) for graph in fitting).most_common(1)[0][0]
    kept = {}
    for place, graph in graphs.items():
        problem = _target_problem(graph, level, width)
        if problem is None:
            kept[place] = graph
        else:
            rejected.add(f"{place[0].name}, graph {place[1]}", problem)
    return kept


def _width(target: Tensor, level: TargetLevel) -> int:
    return target.numel() if level == "graph" else target[0].numel()


def _target_problem(graph: Data, level: TargetLevel, width: int) -> Problem | None:
    if graph.y is None:
        return Problem("no target", "no y")
    if level == "node" and not _has_rows_of_nodes(graph):
        shape = f"y of shape {list(graph.y.shape)} for {graph.num_nodes} nodes and {graph.num_edges} edges"
        return Problem("target of neither the graph nor its nodes", shape)
    if _width(graph.y, level) != width:
        return Problem("target of another width", f"{_width(graph.y, level)} instead of {width}")
    if bool(graph.y.isinf().any()):
        return Problem("target not finite", "y holds infinity")
    return Problem("no target", "y holds NaN alone") if bool(graph.y.isnan().all()) else None
