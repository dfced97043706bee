"""From what a spec gives to a dataset: splitting, building graphs, and what only the training split may decide."""

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, NoReturn

import numpy as np
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.parallel import map_chunks
from mspe.dataset.base import GraphDataset
from mspe.dataset.config import DatasetParams
from mspe.dataset.duplicates import count_duplicates, identify_graphs, identify_molecules
from mspe.dataset.node_split import known_targets, take_part
from mspe.dataset.settings import ONE_GRAPH
from mspe.dataset.spec import DatasetSpec, Samples, SplitKind
from mspe.dataset.splits import (
    FRACTIONS,
    Fractions,
    cut_validation,
    fold_split,
    random_split,
    scaffold_split,
    stratified_split,
)
from mspe.dataset.summary import summarise
from mspe.graphs import SPLITS, GraphList, GraphSchema, PackedGraphs
from mspe.graphs.checks import check_graphs
from mspe.graphs.features import Features, FeatureTable
from mspe.graphs.packing import ANSWER_DISTANCE, TARGET_ROWS, Level
from mspe.tasks import Task

logger = logging.getLogger(__name__)

_PIECE = 20_000
"""Graphs."""


def assemble(spec: DatasetSpec, samples: Samples, params: DatasetParams, num_workers: int = 1) -> GraphDataset:
    """Split, build and check the graphs; number categories, scale features and describe targets by the training split.

    Raises
    ------
    MspeError
        If a part would be empty, a graph or a feature is unusable, or there is nothing to learn: all targets equal.
    """
    parts = split_positions(spec, samples, params)
    packed = _pack_parts(spec, samples, parts, num_workers)
    for name, graphs in packed.items():
        _check(graphs, name)
    identities = {name: identify(samples, parts[name], packed[name], num_workers) for name in SPLITS}
    warn_of_leakage(spec.name, identities)
    schema = describe(spec, samples, params, packed)
    features = Features.of(schema)
    warn_of_unknown(features, packed, spec.name)
    finished = {name: features.apply(packed.pop(name)) for name in SPLITS}
    return GraphDataset(schema, **finished, summary=summarise_split(spec, samples, params, schema))


def _pack_parts(
    spec: DatasetSpec, samples: Samples, parts: Mapping[str, Sequence[int]], num_workers: int
) -> dict[str, PackedGraphs]:
    if samples.split_unit == "graph":
        return {name: pack(spec, samples, part, num_workers) for name, part in parts.items()}
    graphs = pack(spec, samples, range(len(samples.items)), num_workers)
    return {name: take_part(graphs, part, "node") for name, part in parts.items()}


def pack(spec: DatasetSpec, samples: Samples, part: Sequence[int], num_workers: int) -> PackedGraphs:
    """Build the graphs of the items at some positions, their features as they are read: not numbered, not scaled."""
    if samples.graphs is not None:
        return _take(samples.graphs, part)
    items = [samples.items[position] for position in part]
    task = spec.task_of(samples)
    levels: dict[str, Level] = {"x": "node", "edge_attr": "edge", "edge_weight": "edge", **task.target_fields}
    levels[ANSWER_DISTANCE] = TARGET_ROWS[task.level]
    if samples.to_graph is None:
        return PackedGraphs.from_list(items, levels)
    return PackedGraphs.concatenate(map_chunks(partial(_build, samples.to_graph, levels), items, num_workers))


def _take(graphs: GraphList, part: Sequence[int]) -> PackedGraphs:
    """Some of all graphs, copied a few thousand at a time, so that no copy of a copy takes room."""
    pieces = (part[start : start + _PIECE] for start in range(0, len(part), _PIECE))
    return PackedGraphs.concatenate([graphs[piece] for piece in pieces])


def describe(
    spec: DatasetSpec, samples: Samples, params: DatasetParams, packed: Mapping[str, PackedGraphs]
) -> GraphSchema:
    """Learn numbers of categories, scalings and statistics of the targets from the training split alone.

    Parameters
    ----------
    spec, samples, params
        What the graphs were built from.
    packed
        The graphs of each split, with their features as they were read.

    Raises
    ------
    MspeError
        If there is nothing to learn, or the task's metric is not defined on a split.
    """
    task, train, limited = spec.task_of(samples), packed["train"], params.limit is not None
    _check_targets(train, task, spec.name, samples.classes, limited)
    _check_metric(packed, task, spec.name, samples.classes, limited)
    categories = samples.num_categories or (None, None)
    values = train.fields.stored  # whole numbers in fewer bytes
    nodes = FeatureTable.learn(values.get("x"), categories[0], samples.standardize)
    edges = FeatureTable.learn(values.get("edge_attr"), categories[1], samples.standardize)
    mean, deviation = task.target_statistics(train)
    num_classes = task.count_classes(packed, samples.classes)
    return GraphSchema(
        name=spec.name,
        task_type=task.type,
        target_level=task.level,
        num_features=nodes.width,
        node_features=nodes.kind,
        num_edge_features=edges.width,
        edge_features=edges.kind,
        num_classes=num_classes,
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
        classes=samples.classes,
        class_counts=task.class_counts(packed, num_classes),
        label_counts=task.label_counts(packed, num_classes),
        max_nodes=max(int(graphs.num_nodes.max()) for graphs in packed.values()),
        settings={**(ONE_GRAPH if _is_one_graph(samples) else {}), **spec.settings},
        counts={**{name: _count(graphs, samples) for name, graphs in packed.items()}, **samples.dropped},
    )


def _is_one_graph(samples: Samples) -> bool:
    """Whether the samples are the nodes of a single graph."""
    return samples.split_unit == "node" and len(samples.items) == 1


def _count(graphs: PackedGraphs, samples: Samples) -> int:
    """How many units of the split a part has."""
    return len(graphs) if samples.split_unit == "graph" else int(known_targets(graphs.fields["y"]).sum())


def summarise_split(spec: DatasetSpec, samples: Samples, params: DatasetParams, schema: GraphSchema) -> tuple[str, ...]:
    """Return the lines of `summarise` on the split that `params` chooses."""
    return summarise(spec, samples, params, schema, spec.task_of(samples), split_kind(spec, samples, params))


def split_positions(
    spec: DatasetSpec, samples: Samples, params: DatasetParams, fractions: Fractions = FRACTIONS
) -> dict[str, list[int]]:
    """Return the positions of train, val and test among a spec's items, or its nodes: at most `limit` each.

    Parameters
    ----------
    spec, samples, params
        What to split, and how.
    fractions
        Of train and val, for a random or a stratified split.

    Raises
    ------
    MspeError
        As `choose_split` does.
    """
    return dict(zip(SPLITS, _limited(choose_split(spec, samples, params, fractions), params), strict=True))


def choose_split(
    spec: DatasetSpec, samples: Samples, params: DatasetParams, fractions: Fractions = FRACTIONS
) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """The positions of train, val and test among a spec's items, or its nodes where these are split.

    Raises
    ------
    MspeError
        If the spec has no such split, or a part would be empty.
    """
    kind = split_kind(spec, samples, params)
    parts = _split(spec, samples, params, kind, fractions)
    for name, part in zip(SPLITS, parts, strict=True):
        if not part:
            _refuse_empty(spec.name, samples, kind, name)
    return parts


def _split(
    spec: DatasetSpec, samples: Samples, params: DatasetParams, kind: SplitKind, fractions: Fractions
) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    drawn = samples.drawn and kind == "random"
    if samples.predefined_split is not None and (kind in ("column", "published") or drawn):
        parts = samples.predefined_split
        return _with_validation(parts, spec.name, params.split_seed) if kind == "column" else parts
    if kind == "scaffold":
        places = scaffold_split(_needed(samples.smiles, kind, samples))
    elif kind == "folds":
        places = fold_split(_needed(samples.labels, kind, samples), params.fold, spec.folds, params.split_seed)
    elif kind == "stratified":
        places = stratified_split(_needed(samples.labels, kind, samples), params.split_seed, fractions)
    else:
        places = random_split(len(samples.units), params.split_seed, fractions)
    train, val, test = ([samples.units[place] for place in part] for part in places)
    return train, val, test


def _refuse_empty(dataset: str, samples: Samples, kind: SplitKind, part: str) -> NoReturn:
    if len(samples.units) == 1 and samples.split_unit == "graph":
        raise MspeError(
            f"{dataset}: one graph cannot be split; give targets of its nodes, several graphs, or set "
            "dataset.task=edge_prediction"
        )
    what = "samples" if samples.split_unit == "graph" else "nodes with a target"
    remedy = f"name {what} for it" if kind == "column" else f"give at least 10 {what}"
    raise MspeError(
        f"{dataset}: the {part} part of the {kind} split is empty ({len(samples.units)} {what} in all); {remedy}, or "
        "set another dataset.split"
    )


def _with_validation(
    parts: tuple[Sequence[int], Sequence[int], Sequence[int]], name: str, seed: int
) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """A split that the user gave, with a validation part cut from train where it has none."""
    train, val, test = parts
    if val or not train:
        return parts
    left, cut = cut_validation(train, seed)
    message = "%s: no samples for validation are given; %d of the %d for train are taken, drawn by dataset.split_seed"
    logger.warning(message, name, len(cut), len(train))
    return left, cut, test


def split_kind(spec: DatasetSpec, samples: Samples, params: DatasetParams) -> SplitKind:
    """Return the kind of split that is asked for, or else the dataset's own.

    Raises
    ------
    MspeError
        If the dataset has no such split.
    """
    if params.split is not None and params.split not in spec.splits:
        raise MspeError(f"dataset.split: got {params.split!r}, allowed for {spec.name}: {', '.join(spec.splits)}")
    if spec.splits[0] == "column" and (samples.predefined_split is None or samples.drawn):
        if params.split == "column":
            raise MspeError(f"dataset.split: got 'column', but there is no column {params.split_column!r}")
        return params.split or "random"
    return params.split or spec.splits[0]


def _needed(values: Sequence | None, kind: SplitKind, samples: Samples) -> Sequence:
    if values is None:
        what = f"one class a {samples.split_unit}" if kind != "scaffold" else "SMILES"
        raise MspeError(f"dataset.split: got {kind!r}, which needs {what}; set dataset.split=random")
    return values


def _limited(parts: Sequence[Sequence[int]], params: DatasetParams) -> list[list[int]]:
    """At most `limit` entries a part, drawn at random, since the order of a spec may be that of its classes."""
    limited = []
    for part in parts:
        positions = np.asarray(part)
        if params.limit is not None and len(part) > params.limit:
            positions = positions[np.random.default_rng(params.split_seed).permutation(len(part))[: params.limit]]
        limited.append(positions.tolist())
    return limited


def _build(build: Callable[[Any], Data], levels: Mapping[str, Level], items: Sequence[Any]) -> PackedGraphs:
    return PackedGraphs.from_list([build(item) for item in items], levels)


def _check(graphs: PackedGraphs, split: str) -> None:
    try:
        check_graphs(graphs)
    except MspeError as error:
        raise MspeError(f"{split} split, {error}") from None


def _check_targets(train: PackedGraphs, task: Task, name: str, classes: Sequence[str], limited: bool) -> None:
    """Refuse targets that are unknown everywhere or, unless only some of the samples were asked for, all equal."""
    problems = task.check_targets(train, classes, one_value=limited)
    if problems:
        raise MspeError(
            f"{name}: {problems[0]} in the train split, so there is nothing to learn; choose another target or another "
            "split"
        )


def _check_metric(
    packed: Mapping[str, PackedGraphs], task: Task, name: str, classes: Sequence[str], limited: bool
) -> None:
    """Refuse a split on which the task's metric has no value; where only some samples were asked for, say so."""
    for split, graphs in packed.items():
        undefined = task.find_undefined(graphs, classes)
        if undefined is None:
            continue
        message = f"{name}: {task.metric} is not defined on the {split} split, which has {undefined}"
        if not limited:
            raise MspeError(
                f"{message}; set dataset.split (stratified, for example) or another dataset.split_seed, or give more "
                "samples"
            )
        logger.warning("%s; set a larger dataset.limit", message)


def warn_of_unknown(features: Features, packed: Mapping[str, PackedGraphs], name: str) -> None:
    """Say which categories of validation and test the training split has not."""
    for split in ("val", "test"):
        for unknown in features.unknown_categories(packed[split].fields, f"{name}: {split}"):
            logger.warning("%s; they count as unknown", unknown)


def identify(samples: Samples, part: Sequence[int], graphs: PackedGraphs, num_workers: int) -> list[Hashable]:
    """Return of each graph of a part what its duplicates alone have too; nothing where samples are edges or nodes.

    There, graphs have the same nodes by construction; what differs are the supervision edges, or the targets.
    """
    if "edge_label" in graphs.fields or samples.split_unit == "node":
        return []
    if samples.identities is not None:
        return samples.identities[np.asarray(part)].tolist()
    if samples.smiles is None:
        return list(identify_graphs(graphs))
    smiles = [samples.smiles[position] for position in part]
    return list(chain.from_iterable(map_chunks(identify_molecules, smiles, num_workers)))


def warn_of_leakage(name: str, identities: Mapping[str, Sequence[Hashable]]) -> None:
    """Say how many graphs of validation and test are training graphs too, by what `identify` gave of each split."""
    for split in ("val", "test"):
        found = count_duplicates(identities["train"], identities[split])
        if found:
            logger.warning(
                "%s: test leakage: %d of %d %s graphs are also training graphs; their scores are optimistic",
                *(name, found, len(identities[split]), split),
            )
