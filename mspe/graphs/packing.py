"""How the attributes of PyG graphs become rows of flat fields."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.graphs.validation import find_index_problem

Level = Literal["graph", "node", "edge", "pair", "link"]

EDGE_LABEL_INDEX = "edge_label_index"
"""The field that holds pairs of nodes to be scored, numbered within their graph."""

FEATURE_KEY = "feature_key"
"""The field by which graphs whose features are numbered or scaled name the tables that did it; others have none."""

BANK_KEY = "bank_key"
"""The field by which graphs with stored encodings name the bank of these."""

STRUCTURE_KEY = "structure_key"
"""The field by which stored spectra and encodings name the structure of the graph that each was computed of."""

_LINK_FIELDS = (EDGE_LABEL_INDEX, "edge_label")


def attribute_level(graph: Data, name: str) -> Level:
    """Return what one row of an attribute belongs to, as PyG sees it (`is_edge_attr`, `is_node_attr`).

    Raises
    ------
    MspeError
        If the attribute counts nodes, and so would have to be renumbered in a batch.
    """
    if name in _LINK_FIELDS:
        return "link"
    if name in (FEATURE_KEY, BANK_KEY, STRUCTURE_KEY):
        return "graph"
    if "index" in name:
        raise MspeError(
            f"cannot pack attribute {name!r}: its numbers count nodes, which packed graphs keep for edge_index and "
            f"{EDGE_LABEL_INDEX} alone; use PyG's own loader for graphs that have it"
        )
    return "edge" if graph.is_edge_attr(name) else "node" if graph.is_node_attr(name) else "graph"


def attribute_rows(graphs: Sequence[Data], name: str, level: Level) -> Tensor:
    """An attribute of all graphs, flat.

    Raises
    ------
    MspeError
        If a graph lacks it, or holds something else than the first one does: a row's width and type must agree.
    """
    parts = [_rows(graph, number, name, level) for number, graph in enumerate(graphs)]
    for number, part in enumerate(parts):
        if part.shape[1:] != parts[0].shape[1:] or part.is_floating_point() != parts[0].is_floating_point():
            raise MspeError(
                f"graph {number}: {name} has rows of {_form(part)}, graph 0 of {_form(parts[0])}; give all the same"
            )
    return torch.cat(parts)


def count_links(graph: Data) -> int:
    """Pairs of nodes that a graph holds to be scored."""
    return 0 if graph.get(EDGE_LABEL_INDEX) is None else graph[EDGE_LABEL_INDEX].size(1)


def check_form(graph: Data, number: int) -> None:
    """See that a graph's edges are numbered nodes.

    Raises
    ------
    MspeError
        If they are not.
    """
    problem = find_index_problem(graph)
    if problem is not None:
        raise MspeError(f"graph {number}: {problem.detail}")


def _rows(graph: Data, number: int, name: str, level: Level) -> Tensor:
    value = graph.get(name)
    if value is None:
        raise MspeError(f"graph {number} has no {name!r}, which graph 0 has; give all the same")
    if not isinstance(value, Tensor):
        raise MspeError(f"cannot pack attribute {name!r}: it is a {type(value).__name__}, expected a tensor")
    if level == "graph":
        return value if value.ndim > 1 else value.reshape(1, -1)
    return value.T if name == EDGE_LABEL_INDEX else value


def _form(rows: Tensor) -> str:
    return f"{list(rows.shape[1:])} {'real' if rows.is_floating_point() else 'whole'} numbers"
