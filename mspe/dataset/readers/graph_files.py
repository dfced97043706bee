"""Graphs in files that `torch.save` wrote: loaded without running code, checked, with their targets read off `y`."""

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch_geometric.data import Data
from torch_geometric.data.data import DataEdgeAttr, DataTensorAttr
from torch_geometric.data.storage import GlobalStorage

from mspe.common.errors import MspeError
from mspe.dataset.readers.graph_form import clean_graph, feature_form, predict_links, structure_problem
from mspe.dataset.readers.table import Unusable, describe_dropped
from mspe.dataset.readers.targets import tensor_targets
from mspe.dataset.source import Raw
from mspe.graphs import SPLITS, TargetLevel

if TYPE_CHECKING:
    from mspe.dataset.config import DatasetParams

Place = tuple[Path, int]
"""A file, and which of its graphs."""


def read_graph_files(folder: Path, paths: Sequence[Path], params: "DatasetParams") -> Raw:
    """Read the graphs of some files; one that cannot be used is left out and counted.

    Files called train.pt, val.pt and test.pt, and no other, are the parts of the split.

    Raises
    ------
    MspeError
        If a file is no such file, the graphs' features differ in width or kind, no graph can be used, the targets do
        not fit the task, or, with `dataset.strict`, for the first graph that cannot be used.
    """
    unusable = Unusable(folder, params.strict)
    graphs: dict[Place, Data] = {}
    for path in paths:
        for number, attributes in enumerate(load_graphs(path)):
            graph = clean_graph(attributes, f"{path}: graph {number}")
            problem = structure_problem(graph)
            if problem is None:
                graphs[path, number] = graph
            else:
                unusable.add(f"{path.name}, graph {number}", *problem)
    _check_features(graphs)
    untold = all(graph.y is None for graph in graphs.values())
    level = "edge" if untold or params.task == "edge_prediction" else _shape_targets(graphs, folder)
    if level != "edge":
        graphs = _with_target(graphs, unusable)
    dropped = unusable.dropped()
    if not graphs:
        raise MspeError(
            f"{folder}: no usable graph ({describe_dropped(dropped)}); correct the graphs and save them again"
        )
    if level == "edge":
        return predict_links(list(graphs.values()), folder, params, dropped)
    return replace(_with_numbers(graphs, level, folder, params), given=_given(graphs, paths), dropped=dropped)


def load_graphs(path: Path) -> list[dict[str, Any]]:
    """The attributes of the graphs in a file: one `Data`, or a list or tuple of them.

    Raises
    ------
    MspeError
        If the file is damaged, holds anything else, or would execute code.
    """
    graph_classes = [DataEdgeAttr, DataTensorAttr, GlobalStorage]  # PyG lists all others that a Data consists of
    try:
        with torch.serialization.safe_globals(graph_classes), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = torch.load(path, map_location="cpu", weights_only=True)
            items = list(content) if isinstance(content, list | tuple) else [content]
            graphs = [item.to_dict() for item in items if type(item) is Data]
    except Exception as error:  # torch raises a dozen types for a damaged archive
        unknown = re.search(r"GLOBAL ([\w.]+) ", str(error))
        reason = f"holds {unknown[1]}, which may run code" if unknown else "damaged, or not written by torch.save"
        raise MspeError(
            f"{path}: cannot be read safely ({reason}); save PyG Data with tensors alone, or a list of them"
        ) from None
    if not items:
        raise MspeError(f"{path}: holds an empty list; save at least one PyG Data, or remove the file")
    if len(graphs) < len(items):
        other = next(type(item).__name__ for item in items if type(item) is not Data)
        raise MspeError(f"{path}: holds a {other}, allowed: a PyG Data, or a list of them; save those with torch.save")
    return graphs


def _check_features(graphs: dict[Place, Data]) -> None:
    """Refuse graphs whose features differ in width or kind."""
    for name in ("x", "edge_attr", "edge_weight"):
        forms = {place: feature_form(graph, name) for place, graph in graphs.items()}
        (first_path, first), form = next(iter(forms.items()), ((Path(), 0), ""))
        for (path, number), other in forms.items():
            if other != form:
                raise MspeError(
                    f"{path}: graph {number}: {name} has {other}, but graph {first} of {first_path.name} has {form}; "
                    "give all graphs the same"
                )


def _shape_targets(graphs: dict[Place, Data], folder: Path) -> TargetLevel:
    """Decide what the targets belong to, and give each graph's one row a graph or one row a node.

    To nodes, where y has as many rows as nodes in every graph, and not every graph has one node.
    """
    given = {place: graph for place, graph in graphs.items() if graph.y is not None}
    by_node = all(graph.y.size()[:1] == (graph.num_nodes,) for graph in given.values())
    level: TargetLevel = "node" if by_node and any(graph.num_nodes > 1 for graph in given.values()) else "graph"
    for graph in given.values():
        graph.y = graph.y.reshape(graph.num_nodes if level == "node" else 1, -1)
    widths = Counter(graph.y.size(1) for graph in given.values())
    width, count = widths.most_common(1)[0]
    if 2 * count <= len(given):
        (path, number), other = next((place, g.y.size(1)) for place, g in given.items() if g.y.size(1) != width)
        raise MspeError(
            f"{folder}: y has {other} numbers in graph {number} of {path.name} and {width} in others; give one row a "
            "node in every graph, or as many numbers in every graph"
        )
    return level


def _with_target(graphs: dict[Place, Data], unusable: Unusable) -> dict[Place, Data]:
    """The graphs whose targets can be used."""
    width = Counter(graph.y.size(1) for graph in graphs.values() if graph.y is not None).most_common(1)[0][0]
    kept = {}
    for place, graph in graphs.items():
        problem = _target_problem(graph, width)
        if problem is None:
            kept[place] = graph
        else:
            unusable.add(f"{place[0].name}, graph {place[1]}", *problem)
    return kept


def _target_problem(graph: Data, width: int) -> tuple[str, str] | None:
    if graph.y is None:
        return "no target", "no y"
    if graph.y.size(1) != width:
        return "target of another width", f"{graph.y.size(1)} instead of {width}"
    if bool(graph.y.isinf().any()):
        return "target not finite", "y holds infinity"
    return ("no target", "y holds NaN alone") if bool(graph.y.isnan().all()) else None


def _with_numbers(graphs: dict[Place, Data], level: TargetLevel, folder: Path, params: "DatasetParams") -> Raw:
    """The graphs with their targets as the task has them."""
    rows = [graph.y.size(0) for graph in graphs.values()]
    values = torch.cat([graph.y for graph in graphs.values()])
    task, numbers, classes = tensor_targets(values, params.task, str(folder), level)
    for graph, part in zip(graphs.values(), numbers.split(rows), strict=True):
        graph.y = part
    labelled = level == "graph" and task.loss == "cross_entropy"
    labels = numbers.flatten().tolist() if labelled else None
    return Raw(list(graphs.values()), labels=labels, classes=classes, task=task)


def _given(places: Iterable[Place], paths: Sequence[Path]) -> tuple[list[int], list[int], list[int]] | None:
    """The parts of the split, where the files are called so."""
    if {path.stem for path in paths} != set(SPLITS):
        return None
    parts = [path.stem for path, _ in places]
    train, val, test = ([i for i, part in enumerate(parts) if part == name] for name in SPLITS)
    return train, val, test
