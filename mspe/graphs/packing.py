"""How the attributes of PyG graphs become rows of flat fields."""

import logging
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.graphs.validation import find_index_problem

logger = logging.getLogger(__name__)

Level = Literal["graph", "node", "edge", "pair", "measure", "link"]

EDGE_LABEL_INDEX = "edge_label_index"
"""The field that holds pairs of nodes to be scored, numbered within their graph."""

HAS_PAIRS = "has_pairs"
"""The field that says which graphs have rows in pair fields, where not all have: the others have those of `measure`."""

FEATURE_KEY = "feature_key"
"""The field by which graphs whose features are numbered or scaled name the tables that did it; others have none."""

BANK_KEY = "bank_key"
"""The field by which graphs with stored encodings name the bank of these."""

STRUCTURE_KEY = "structure_key"
"""The field by which stored spectra and encodings name the structure of the graph that each was computed of."""

TARGET_ROWS: dict[str, Level] = {"graph": "graph", "node": "node", "edge": "link"}
"""The rows that targets of a level stand in."""

ANSWER_DISTANCE = "answer_distance"
"""The field that says how many hops away each target's answer lies, where a dataset knows; −1 where there is none."""

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


def packable_attributes(graphs: Sequence[Data]) -> dict[str, int]:
    """Return the attributes that can be packed, and of each the first graph that shows its form.

    What is no tensor and no number, such as the `smiles` of PyG's molecules, is left out, with a line in the log. The
    form of an edge attribute is that of a graph with edges, where there is one.

    Examples
    --------
    >>> lone = Data(edge_index=torch.empty(2, 0, dtype=torch.long), num_nodes=1)
    >>> pair = Data(edge_index=torch.tensor([[0], [1]]), edge_attr=torch.ones(1, 3), num_nodes=2, smiles="CC")
    >>> packable_attributes([lone, pair])
    {'edge_attr': 1}
    """
    first: dict[str, int] = {}
    others: dict[str, str] = {}
    for number, graph in enumerate(graphs):
        for name, value in graph.to_dict().items():
            if name in ("edge_index", "num_nodes"):
                continue
            if not isinstance(value, Tensor | int | float):
                others.setdefault(name, type(value).__name__)
            elif name not in first or (graphs[first[name]].num_edges == 0 and graph.num_edges):
                first[name] = number
    if others:
        named = ", ".join(f"{name} (a {kind})" for name, kind in others.items())
        logger.warning("attributes that are no tensors are not packed: %s", named)
    return {name: number for name, number in first.items() if name not in others}


def attribute_rows(graphs: Sequence[Data], name: str, level: Level, first: int = 0) -> Tensor:
    """An attribute of all graphs, flat.

    Parameters
    ----------
    graphs
        What to pack.
    name, level
        The attribute, and what a row of it belongs to.
    first
        A graph that shows its form, as which a graph without edges has an attribute of edges, whatever it holds there.

    Raises
    ------
    MspeError
        If a graph lacks it, or holds something else than that one does: a row's width and type must agree.
    """
    model = _rows(graphs[first], first, name, level, first)
    parts = []
    for number, graph in enumerate(graphs):
        if level == "edge" and graph.num_edges == 0:
            parts.append(model[:0])
            continue
        part = _rows(graph, number, name, level, first)
        if part.shape[1:] != model.shape[1:] or part.is_floating_point() != model.is_floating_point():
            raise MspeError(
                f"graph {number}: {name} has rows of {_form(part)}, graph {first} of {_form(model)}; give all the same"
            )
        parts.append(part)
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


def _rows(graph: Data, number: int, name: str, level: Level, first: int) -> Tensor:
    value = graph.get(name)
    if value is None:
        raise MspeError(f"graph {number} has no {name!r}, which graph {first} has; give all the same")
    value = torch.as_tensor(value)
    if level == "graph":
        return value if value.ndim > 1 else value.reshape(1, -1)
    return value.T if name == EDGE_LABEL_INDEX else value


def _form(rows: Tensor) -> str:
    return f"{list(rows.shape[1:])} {'real' if rows.is_floating_point() else 'whole'} numbers"
