"""Graphs in files that `torch.save` wrote: loaded without running code, checked, with their targets read off `y`."""

import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch_geometric.data import Data
from torch_geometric.data.data import DataEdgeAttr, DataTensorAttr
from torch_geometric.data.storage import GlobalStorage

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams
from mspe.dataset.own.csv_table import RejectedRows, describe_dropped
from mspe.dataset.own.label_marks import hide_marks
from mspe.dataset.own.one_graph import edge_samples_of, is_edge_prediction
from mspe.dataset.own.split_names import find_part, group_by_part
from mspe.dataset.spec import Samples
from mspe.graphs import TargetLevel
from mspe.graphs.clean_graph import clean_graph
from mspe.graphs.validation import Problem, find_problem
from mspe.tasks import Targets, infer_task

GraphId = tuple[Path, int]
"""A file, and the number of a graph in it."""


def read_graph_files(folder: Path, paths: Sequence[Path], params: DatasetParams) -> Samples:
    """Read the graphs of some files; one that cannot be used is left out and counted.

    Files that are called after parts of a split, such as train.pt, valid.pt and test.pt, are these parts; where there
    is none for validation, it is cut from train.

    Raises
    ------
    MspeError
        If a file is no such file, the graphs' features differ in width or kind, no graph can be used, the targets do
        not fit the task, or, with `dataset.strict`, for the first graph that cannot be used.
    """
    parts = _parts_by_name(paths) if params.split in (None, "column") else {}
    rejected = RejectedRows(folder, params.strict)
    graphs: dict[GraphId, Data] = {}
    for path in paths:
        for number, attributes in enumerate(load_graphs(path)):
            graph = clean_graph(attributes, f"{path}: graph {number}")
            problem = find_problem(graph)
            if problem is None:
                graphs[path, number] = graph
            else:
                rejected.add(f"{path.name}, graph {number}", problem)
    _check_features(graphs)
    unlabelled = all(graph.y is None for graph in graphs.values())
    level = "edge" if unlabelled or is_edge_prediction(params.task) else _shape_targets(graphs, folder)
    whole = all(graph.y is None or not graph.y.is_floating_point() for graph in graphs.values())
    if level != "edge":
        hide_marks(graphs.values(), params.task, str(folder))
        graphs = _with_target(graphs, rejected)
    dropped = rejected.dropped()
    if not graphs:
        raise MspeError(
            f"{folder}: no usable graph ({describe_dropped(dropped)}); correct the graphs and save them again"
        )
    if level == "edge":
        return edge_samples_of(list(graphs.values()), folder, params, dropped)
    split = group_by_part([parts[path] for path, _ in graphs]) if parts else None
    account = rejected.account(len(graphs) + sum(dropped.values()), len(graphs), "graphs")
    samples = _with_numbers(graphs, level, folder, params, whole)
    return replace(
        samples,
        predefined_split=split,
        dropped=dropped,
        account=(account,),
        split_from="the files' names" * bool(parts),
    )


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


def _check_features(graphs: dict[GraphId, Data]) -> None:
    """Refuse graphs whose features differ in width or kind."""
    for name in ("x", "edge_attr", "edge_weight"):
        forms = {place: _feature_form(graph, name) for place, graph in graphs.items()}
        (first_path, first), form = next(iter(forms.items()), ((Path(), 0), ""))
        for (path, number), other in forms.items():
            if other != form:
                raise MspeError(
                    f"{path}: graph {number}: {name} has {other}, but graph {first} of {first_path.name} has {form}; "
                    "give all graphs the same"
                )


def _feature_form(graph: Data, name: str) -> str:
    """Width and kind of a feature, in words."""
    values = graph.get(name)
    if values is None:
        return "no values"
    kind = "real" if values.is_floating_point() else "whole"
    return f"rows of {values.size(1) if values.ndim > 1 else 1} {kind} numbers"


def _shape_targets(graphs: dict[GraphId, Data], folder: Path) -> TargetLevel:
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


def _with_target(graphs: dict[GraphId, Data], rejected: RejectedRows) -> dict[GraphId, Data]:
    """The graphs whose targets can be used."""
    width = Counter(graph.y.size(1) for graph in graphs.values() if graph.y is not None).most_common(1)[0][0]
    kept = {}
    for place, graph in graphs.items():
        problem = _target_problem(graph, width)
        if problem is None:
            kept[place] = graph
        else:
            rejected.add(f"{place[0].name}, graph {place[1]}", problem)
    return kept


def _target_problem(graph: Data, width: int) -> Problem | None:
    if graph.y is None:
        return Problem("no target", "no y")
    if graph.y.size(1) != width:
        return Problem("target of another width", f"{graph.y.size(1)} instead of {width}")
    if bool(graph.y.isinf().any()):
        return Problem("target not finite", "y holds infinity")
    return Problem("no target", "y holds NaN alone") if bool(graph.y.isnan().all()) else None


def _with_numbers(
    graphs: dict[GraphId, Data], level: TargetLevel, folder: Path, params: DatasetParams, whole: bool
) -> Samples:
    """The graphs with their targets as the task has them; `whole`: they were saved as integers."""
    rows = [graph.y.size(0) for graph in graphs.values()]
    values = torch.cat([graph.y for graph in graphs.values()])
    targets = replace(Targets.of_tensor(values, whole), positive=params.positive_class)
    task, numbers, classes = infer_task(targets, params.task, str(folder), level)
    for graph, part in zip(graphs.values(), numbers.split(rows), strict=True):
        graph.y = part
    labels = task.labels(numbers) if level == "graph" else None
    return Samples(list(graphs.values()), labels=labels, classes=classes, task=task)


def _parts_by_name(paths: Sequence[Path]) -> dict[Path, str]:
    """The part of the split that each file is; empty where no file is called so."""
    parts = {path: find_part(path.stem) for path in paths}
    found = {path: part for path, part in parts.items() if part is not None}
    if not found:
        return {}
    named = next(iter(found))
    remedy = "allowed: train, val and test, or train and test; rename it, or set dataset.split (random, for example)"
    other = next((path for path, part in parts.items() if part is None), None)
    if other is not None:
        raise MspeError(f"{other}: which part of the split is it, beside {named.name}? {remedy}")
    missing = next((part for part in ("train", "test") if part not in found.values()), None)
    if missing is not None:
        raise MspeError(f"{named}: is called after a part of a split, but there is no file for {missing}, {remedy}")
    return found
