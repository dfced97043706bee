"""Graphs in files that `torch.save` wrote, checked, with their targets read off `y`."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams
from mspe.dataset.node_masks import given_masks, masked_part, split_by_masks
from mspe.dataset.node_split import node_labels
from mspe.dataset.own.csv_table import RejectedRows, describe_dropped
from mspe.dataset.own.edge_report import report_edges
from mspe.dataset.own.graph_targets import GraphId, count_nodes_by_targets, keep_with_target, shape_targets
from mspe.dataset.own.label_marks import hide_marks
from mspe.dataset.own.one_graph import edge_samples_of, is_edge_prediction
from mspe.dataset.own.saved_graphs import load_graphs
from mspe.dataset.own.split_names import find_part, group_by_part
from mspe.dataset.spec import Samples
from mspe.graphs import TargetLevel
from mspe.graphs.clean_graph import USED, refuse_numbered, tells_node_count, usable_graph
from mspe.graphs.validation import Problem
from mspe.tasks import Targets, infer_task

logger = logging.getLogger(__name__)


def read_graph_files(folder: Path, paths: Sequence[Path], params: DatasetParams) -> Samples:
    """Read the graphs of some files; one that cannot be used is left out and counted.

    Files that are called after parts of a split, such as train.pt, valid.pt and test.pt, are these parts; where there
    is none for validation, it is cut from train. Attributes that are not read are named in the log.

    Raises
    ------
    MspeError
        If a file is no such file, most graphs differ in their features, no graph can be used, the targets do not fit
        the task, or, with `dataset.strict`, for the first graph that cannot be used.
    """
    parts = _parts_by_name(paths) if params.split in (None, "column") else {}
    return samples_of_graphs(folder, ((path, load_graphs(path)) for path in paths), params, parts)


def samples_of_graphs(
    folder: Path,
    loaded: Iterable[tuple[Path, Sequence[Mapping[str, Any]]]],
    params: DatasetParams,
    parts: Mapping[Path, str],
) -> Samples:
    """Make samples of graphs that were loaded; one that cannot be used is left out and counted.

    Parameters
    ----------
    folder
        For messages: where they come from.
    loaded
        Of each file its path, and the attributes of its graphs.
    params
        The section `dataset`.
    parts
        Of each file the part of the split that it is; none where the files are no parts.

    Raises
    ------
    MspeError
        As `read_graph_files` does.
    """
    rejected = RejectedRows(folder, params.strict)
    by_column = params.split in (None, "column")
    graphs, untold, unused, masks = _read(folder, loaded, rejected, by_name=by_column)
    unlabelled = all(graph.y is None for graph in graphs.values())
    whole = all(graph.y is None or not graph.y.is_floating_point() for graph in graphs.values())
    level: TargetLevel = "edge"
    if not (unlabelled or is_edge_prediction(params.task)):
        count_nodes_by_targets(graphs, untold, folder)
        level = shape_targets(graphs, folder)
        hide_marks(graphs.values(), params.task, str(folder))
        graphs = keep_with_target(graphs, level, rejected)
    graphs = _with_same_features(graphs, rejected)
    dropped = rejected.dropped()
    if not graphs:
        raise MspeError(
            f"{folder}: no usable graph ({describe_dropped(dropped)}); correct the graphs and save them again"
        )
    report_edges(list(graphs.values()), folder, edges_are_samples=level == "edge")
    if level == "edge":
        samples = edge_samples_of(list(graphs.values()), folder, params)
    else:
        samples = _with_numbers(graphs, level, folder, params, whole)
        samples = _with_split(samples, graphs, masks if level == "node" else {}, parts, folder, params)
    by_masks = samples.split_unit == "node" and samples.predefined_split is not None
    _name_unused(folder, unused := Counter({k: n for k, n in unused.items() if not (by_masks and masked_part(k))}))
    account = rejected.account(len(graphs) + sum(dropped.values()), len(graphs), "graphs")
    return replace(samples, dropped=dropped, account=(account,), unused=tuple(f"attribute {name!r}" for name in unused))


def _with_split(
    samples: Samples,
    graphs: Mapping[GraphId, Data],
    masks: Mapping[GraphId, Mapping[str, Any]],
    parts: Mapping[Path, str],
    folder: Path,
    params: DatasetParams,
) -> Samples:
    """The split that files' names or the nodes' masks give; the nodes of a single graph are split in any case."""
    if parts:
        split = group_by_part([parts[path] for path, _ in graphs])
        return replace(samples, predefined_split=split, split_from="the files' names")
    assert samples.task is not None, folder
    own = [masks[place] for place in graphs if masks.get(place)]
    if samples.task.level != "node" or not (own or len(graphs) == 1):
        return samples
    labels = node_labels(samples.task, torch.cat([graph.y for graph in samples.items]))
    samples = replace(samples, split_unit="node", labels=labels)
    if not own or params.split not in (None, "column"):
        return samples
    by_graph = [masks.get(place, {}) for place in graphs]
    return replace(
        samples,
        predefined_split=split_by_masks(samples.items, by_graph, params.fold, str(folder)),
        split_from=f"the nodes' masks {', '.join(dict.fromkeys(name for given in own for name in given))}",
    )


def _read(
    folder: Path, loaded: Iterable[tuple[Path, Sequence[Mapping[str, Any]]]], rejected: RejectedRows, by_name: bool
) -> tuple[dict[GraphId, Data], set[GraphId], Counter[str], dict[GraphId, dict[str, Any]]]:
    """The graphs that can be used, which of them do not tell how many nodes they have, what is not used, and masks."""
    graphs: dict[GraphId, Data] = {}
    untold: set[GraphId] = set()
    masks: dict[GraphId, dict[str, Any]] = {}
    unused = Counter[str]()
    named = Counter[str]()
    for path, several in loaded:
        for number, attributes in enumerate(several):
            refuse_numbered(attributes, f"{path}: graph {number}")
            graph = usable_graph(attributes)
            if isinstance(graph, Problem):
                rejected.add(f"{path.name}, graph {number}", graph)
                continue
            graphs[path, number], masks[path, number] = graph, given_masks(attributes)
            unused.update(name for name in attributes if name not in USED)
            named.update(name for name, value in attributes.items() if isinstance(value, str) and find_part(value))
            if not tells_node_count(attributes):
                untold.add((path, number))
    part = next((name for name, count in named.items() if 2 * count > len(graphs)), None)
    if part is not None and by_name:
        raise MspeError(
            f"{folder}: attribute {part!r} of the graphs holds parts of a split, which files say here; save train.pt, "
            "val.pt and test.pt, or set dataset.split (random, for example) to make the split otherwise"
        )
    return graphs, untold, unused, masks


def _name_unused(folder: Path, unused: Mapping[str, int]) -> None:
    if unused:
        listed = ", ".join(f"{name} (of {count} graphs)" for name, count in unused.items())
        logger.warning("%s: attributes that are not used: %s; only %s are", folder, listed, ", ".join(USED))


def _with_same_features(graphs: dict[GraphId, Data], rejected: RejectedRows) -> dict[GraphId, Data]:
    """The graphs whose features have the width and kind of most; those without edges join whatever the others have."""
    for name in ("x", "edge_attr", "edge_weight"):
        of_edges = name != "x"
        forms = {p: _feature_form(g, name) for p, g in graphs.items() if g.num_edges or not of_edges}
        if not forms:
            continue
        form, count = Counter(forms.values()).most_common(1)[0]
        if 2 * count <= len(forms):
            _refuse_forms(forms, form, name)
        model = next(graphs[place] for place, own in forms.items() if own == form)
        for place, own in forms.items():
            if own != form:
                problem = Problem("other features", f"{name} has {own} instead of {form}")
                rejected.add(f"{place[0].name}, graph {place[1]}", problem)
        graphs = {place: graph for place, graph in graphs.items() if forms.get(place, form) == form}
        if of_edges:
            _fill_edgeless(graphs, name, model.get(name))
    return graphs


def _fill_edgeless(graphs: dict[GraphId, Data], name: str, values: torch.Tensor | None) -> None:
    for graph in graphs.values():
        if graph.num_edges == 0:
            graph[name] = None if values is None else values[:0]


def _refuse_forms(forms: dict[GraphId, str], form: str, name: str) -> None:
    (first_path, first), _ = next((place, own) for place, own in forms.items() if own == form)
    (path, number), other = next((place, own) for place, own in forms.items() if own != form)
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
