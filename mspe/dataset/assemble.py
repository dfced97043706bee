"""From what a source gives to a dataset: splitting, building graphs, and what only the training split may decide."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.parallel import map_chunks
from mspe.dataset.base import GraphDataset
from mspe.dataset.config import DatasetParams
from mspe.dataset.duplicates import count_duplicates
from mspe.dataset.features import FeatureTable, target_statistics
from mspe.dataset.source import Raw, Source, SplitKind, Task
from mspe.dataset.splits import fold_split, random_split, scaffold_split, stratified_split
from mspe.graphs import SPLITS, GraphSchema, PackedGraphs
from mspe.graphs.checks import check_structure
from mspe.graphs.packing import Level

logger = logging.getLogger(__name__)


def assemble(source: Source, raw: Raw, params: DatasetParams, num_workers: int = 1) -> GraphDataset:
    """Split, build and check the graphs; number categories, scale features and describe targets by the training split.

    Raises
    ------
    MspeError
        If a part would be empty, a graph or a feature is unusable, or there is nothing to learn: all targets equal.
    """
    task = source.task or raw.task
    assert task is not None, source.name
    parts = _limited(choose_split(source, raw, params), params)
    packed = {name: _pack(raw, part, task, num_workers) for name, part in zip(SPLITS, parts, strict=True)}
    for name, graphs in packed.items():
        _check(graphs, name)
    train = packed["train"]
    _check_targets(train, task, source.name, raw.classes, limited=params.limit is not None)
    nodes = FeatureTable.learn(train.fields.get("x"), raw.categories and raw.categories[0], raw.scaled)
    edges = FeatureTable.learn(train.fields.get("edge_attr"), raw.categories and raw.categories[1], raw.scaled)
    _warn_of_duplicates(packed, source.name)
    finished = {name: edges.apply(nodes.apply(graphs, "x"), "edge_attr") for name, graphs in packed.items()}
    mean, deviation = target_statistics(train) if task.type == "regression" else ((), ())
    num_outputs = _num_outputs(raw, packed, task)
    schema = GraphSchema(
        name=source.name,
        task_type=task.type,
        target_level=task.level,
        num_features=nodes.width,
        node_features=nodes.kind,
        num_edge_features=edges.width,
        edge_features=edges.kind,
        num_classes=num_outputs,
        loss=task.loss,
        metric=task.metric,
        target_mean=mean,
        target_std=deviation,
        node_vocabularies=nodes.vocabularies,
        edge_vocabularies=edges.vocabularies,
        node_mean=nodes.mean,
        node_std=nodes.std,
        edge_mean=edges.mean,
        edge_std=edges.std,
        classes=raw.classes,
        class_counts=_class_counts(packed, task, num_outputs),
        label_counts=_label_counts(packed, task, num_outputs),
        max_nodes=max(int(graphs.num_nodes.max()) for graphs in packed.values()),
        counts={**{name: len(graphs) for name, graphs in packed.items()}, **raw.dropped},
    )
    return GraphDataset(schema, *(finished[name] for name in SPLITS))


def choose_split(source: Source, raw: Raw, params: DatasetParams) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """The positions of train, val and test among a source's items.

    Raises
    ------
    MspeError
        If the source has no such split, or a part would be empty.
    """
    kind = _split_kind(source, raw, params)
    parts: tuple[Sequence[int], Sequence[int], Sequence[int]]
    hidden = raw.task is not None and raw.task.type == "edge_prediction"  # reading has drawn which edges are
    if raw.given is not None and (kind == source.splits[0] or (hidden and kind == "random")):
        parts = raw.given
    elif kind == "scaffold":
        parts = scaffold_split(_needed(raw.smiles, kind))
    elif kind == "folds":
        parts = fold_split(_needed(raw.labels, kind), params.fold, source.folds, params.split_seed)
    elif kind == "stratified":
        parts = stratified_split(_needed(raw.labels, kind), params.split_seed)
    else:
        parts = random_split(len(raw.items), params.split_seed)
    for name, part in zip(SPLITS, parts, strict=True):
        if not part and len(raw.items) == 1:
            raise MspeError(
                f"{source.name}: one graph cannot be split; targets of nodes or graphs need several graphs, or set "
                "dataset.task=edge_prediction"
            )
        if not part:
            raise MspeError(
                f"{source.name}: the {name} part of the {kind} split is empty ({len(raw.items)} samples in all); give "
                "at least 10 samples, or another dataset.split"
            )
    return parts


def _split_kind(source: Source, raw: Raw, params: DatasetParams) -> SplitKind:
    if params.split is not None and params.split not in source.splits:
        raise MspeError(f"dataset.split: got {params.split!r}, allowed for {source.name}: {', '.join(source.splits)}")
    if source.splits[0] == "column" and raw.given is None:
        if params.split == "column":
            raise MspeError(f"dataset.split: got 'column', but there is no column {params.split_column!r}")
        return params.split or "random"
    return params.split or source.splits[0]


def _needed(values: Sequence | None, kind: SplitKind) -> Sequence:
    if values is None:
        what = "one class a graph" if kind != "scaffold" else "SMILES"
        raise MspeError(f"dataset.split: got {kind!r}, which needs {what}; set dataset.split=random")
    return values


def _limited(parts: Sequence[Sequence[int]], params: DatasetParams) -> list[list[int]]:
    """At most `limit` entries a part, drawn at random, since the order of a source may be that of its classes."""
    limited = []
    for part in parts:
        positions = np.asarray(part)
        if params.limit is not None and len(part) > params.limit:
            positions = positions[np.random.default_rng(params.split_seed).permutation(len(part))[: params.limit]]
        limited.append(positions.tolist())
    return limited


def _pack(raw: Raw, part: Sequence[int], task: Task, num_workers: int) -> PackedGraphs:
    items = [raw.items[position] for position in part]
    levels: dict[str, Level] = {"x": "node", "edge_attr": "edge", "edge_weight": "edge"}
    if task.level != "edge":
        levels["y"] = "node" if task.level == "node" else "graph"
    if raw.build is None:
        return PackedGraphs.from_list(items, levels)
    return PackedGraphs.concatenate(map_chunks(partial(_build, raw.build, levels), items, num_workers))


def _build(build: Callable[[Any], Data], levels: Mapping[str, Level], items: Sequence[Any]) -> PackedGraphs:
    return PackedGraphs.from_list([build(item) for item in items], levels)


def _check(graphs: PackedGraphs, split: str) -> None:
    try:
        check_structure(graphs)
    except MspeError as error:
        raise MspeError(f"{split} split, {error}") from None
    for name in ("x", "edge_attr"):
        values = graphs.fields.get(name)
        if values is None or not values.is_floating_point():
            continue
        wrong = torch.nonzero(~values.isfinite().flatten(1).all(dim=1)).flatten()
        if wrong.numel():
            counts = graphs.num_nodes if graphs.levels[name] == "node" else graphs.num_edges
            graph = int(torch.repeat_interleave(counts)[wrong[0]])
            raise MspeError(
                f"{split} split, graph {graph}: {name} holds NaN or infinity; replace the value, or leave the graph out"
            )


def _check_targets(train: PackedGraphs, task: Task, name: str, classes: Sequence[str], limited: bool) -> None:
    """Refuse targets that are unknown everywhere or, unless only some of the samples were asked for, all equal."""
    if task.type == "edge_prediction":
        return
    for column, values in enumerate(train.fields["y"].flatten(1).T):
        known = values[~values.isnan()] if values.is_floating_point() else values
        if known.numel() and (limited or len(train) == 1 or not bool((known == known[0]).all())):
            continue
        given = f"{known[0].item():g} everywhere" if known.numel() else "no known value"
        which = repr(classes[column]) if len(classes) > column and values.is_floating_point() else column
        raise MspeError(
            f"{name}: target {which} has {given} in the train split, so there is nothing to learn; choose another "
            "target or another split"
        )


def _num_outputs(raw: Raw, packed: Mapping[str, PackedGraphs], task: Task) -> int:
    """Classes of a single label, else columns of the target."""
    if task.type == "edge_prediction":
        return 1
    if task.loss == "bce_logits" or task.type == "regression":
        return packed["train"].fields["y"].size(1)
    return len(raw.classes) or 1 + max(int(graphs.fields["y"].max()) for graphs in packed.values())


def _class_counts(packed: Mapping[str, PackedGraphs], task: Task, count: int) -> dict[str, tuple[int, ...]]:
    if task.type == "regression":
        return {}
    if task.type == "edge_prediction":
        return {name: _count_classes(graphs.fields["edge_label"].long(), 2) for name, graphs in packed.items()}
    if task.loss == "bce_logits":
        return {name: tuple((graphs.fields["y"] == 1).sum(dim=0).tolist()) for name, graphs in packed.items()}
    return {name: _count_classes(graphs.fields["y"], count) for name, graphs in packed.items()}


def _label_counts(packed: Mapping[str, PackedGraphs], task: Task, count: int) -> dict[str, tuple[int, ...]]:
    """What `_class_counts` are shares of: samples or, of several labels, the known values of each."""
    if task.loss == "bce_logits" and task.level != "edge":
        return {name: tuple((~graphs.fields["y"].isnan()).sum(dim=0).tolist()) for name, graphs in packed.items()}
    counts = _class_counts(packed, task, count)
    return {name: (sum(values),) * len(values) for name, values in counts.items()}


def _count_classes(labels: Tensor, count: int) -> tuple[int, ...]:
    return tuple(torch.bincount(labels.flatten(), minlength=count).tolist())


def _warn_of_duplicates(packed: Mapping[str, PackedGraphs], name: str) -> None:
    if any("edge_label" in graphs.fields for graphs in packed.values()):
        return  # the same nodes by construction; what differs is what is asked for
    for split in ("val", "test"):
        found = count_duplicates(packed["train"], packed[split])
        if found:
            logger.warning(
                "%s: %d of %d %s graphs are also training graphs, so their scores flatter", name, found,
                len(packed[split]), split,
            )  # fmt: skip
