"""Graphs in tables: edges.csv, and where there are such files nodes.csv and graphs.csv beside it."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from mspe.common.errors import MspeError
from mspe.common.numbers import parse_number
from mspe.common.shown import first_of
from mspe.dataset.config import DatasetParams
from mspe.dataset.node_split import known_targets, node_labels
from mspe.dataset.own.csv_table import RejectedRows, Table, describe_dropped, read_table
from mspe.dataset.own.feature_columns import FeatureColumns
from mspe.dataset.own.graph_csv_rows import NAMES, Rows, check_names
from mspe.dataset.own.node_column import split_by_column
from mspe.dataset.own.one_graph import edge_samples_of, is_edge_prediction
from mspe.dataset.own.split_column import check_split_column, find_split_column, holds_parts
from mspe.dataset.own.target_columns import TargetColumns, check_commas
from mspe.dataset.spec import Samples
from mspe.graphs import TargetLevel
from mspe.graphs.validation import Problem
from mspe.tasks import infer_task

logger = logging.getLogger(__name__)

_TARGET_NAMES = ("label", "labels", "class", "y", "targets")

Index = dict[str, dict[str, int]]
"""The number of each node within its graph, by the names of both."""


def read_graph_tables(folder: Path, params: DatasetParams) -> Samples:
    """Read the tables of a folder; a row that cannot be used is left out and counted.

    An edge is one row, in whichever direction; a duplicate counts once, as its first row has it.

    Raises
    ------
    MspeError
        If a table is none, a column is missing, no graph can be used, the targets do not fit the task, or, with
        `dataset.strict`, for the first row that cannot be used.
    """
    paths = {name: folder / f"{name}.csv" for name in NAMES}
    tables = {name: read_table(path) for name, path in paths.items() if name == "edges" or path.exists()}
    check_names(tables)
    level = _target_level(tables, params, folder)
    parts = {name: _start(table, level, params) for name, table in tables.items()}
    _check_one_split(parts)
    index: Index = {}
    _read_samples(parts)
    _read_nodes(parts, index)
    pairs = _read_edges(parts, index)
    if "graphs" in parts:
        parts["graphs"].keep_graphs(index, "graph without nodes")
    dropped = Counter[str]()
    for rows in parts.values():
        dropped.update(rows.rejected.dropped())
        rows.report_left_along()
    parts["edges"].repeats = _report_repeats(parts["edges"], pairs)
    names = parts["graphs"].graphs if "graphs" in parts else list(index)
    if not names:
        raise MspeError(f"{folder}: no usable graph ({describe_dropped(dropped)}); correct the tables")
    graphs = _build(names, index, parts, pairs)
    by_edge = level == "edge"
    samples = edge_samples_of(graphs, folder, params) if by_edge else _with_targets(graphs, names, parts, level, params)
    return replace(
        samples,
        dropped=dict(dropped),
        account=tuple(chain.from_iterable(rows.account() for rows in parts.values())),
        unused=tuple(chain.from_iterable(rows.unused() for rows in parts.values())),
        feature_names={kind: parts[f"{kind}s"].feature_names() for kind in ("node", "edge") if f"{kind}s" in parts},
    )


def _target_level(tables: Mapping[str, Table], params: DatasetParams, folder: Path) -> TargetLevel:
    """What the targets belong to: what has the columns; edges where no table has any."""
    asked = set(params.target_columns or ())
    at = [name for name in ("graphs", "nodes") if asked and name in tables and asked <= set(tables[name].columns)]
    if is_edge_prediction(params.task):
        return "edge"
    if at == ["nodes"]:
        return "node"
    if asked and not at and "graphs" not in tables:
        raise MspeError(
            f"{folder}: dataset.target_columns names {', '.join(sorted(asked))}, but neither graphs.csv nor nodes.csv "
            "has all of these; add them, or leave dataset.target_columns empty to predict edges"
        )
    if "graphs" in tables:
        return "graph"
    if "nodes" not in tables:
        return "edge"
    if _has_targets(tables["nodes"], params):
        return "node"
    _refuse_doubtful_target(tables["nodes"])
    return "edge"


def _has_targets(nodes: Table, params: DatasetParams) -> bool:
    """Whether nodes.csv says itself that its nodes have targets: by a column `target`, or one of the split."""
    of_split = find_split_column(nodes, params.split_column, ())
    return "target" in nodes.columns or (of_split in nodes.columns and holds_parts(nodes, of_split))


def _refuse_doubtful_target(nodes: Table) -> None:
    """Refuse to predict edges where a column of nodes.csv is called as a target is, and nothing says that it is one."""
    name = next((name for name in nodes.columns if name.strip().lower() in _TARGET_NAMES), None)
    if name is not None:
        raise MspeError(
            f"{nodes.path}: does column {name!r} hold what to predict? Set dataset.target_columns={name} if so, or "
            "dataset.task=edge_prediction to predict edges with it as a feature"
        )


def _start(table: Table, level: TargetLevel, params: DatasetParams) -> Rows:
    """No row yet: which columns are targets, which features; graphs.csv has none of these."""
    kind = table.path.stem
    of_split = find_split_column(table, params.split_column, params.target_columns or ())
    holds_split = of_split in table.columns and (of_split == params.split_column or holds_parts(table, of_split))
    by_column = params.split in (None, "column")
    if holds_split and by_column and kind not in ("graphs", *(["nodes"] if level == "node" else [])):
        raise MspeError(
            f"{table.path}: column {of_split!r} is that of the split, which {'nodes.csv or ' * (level == 'node')}"
            "graphs.csv has; move it there, or set dataset.split (random, for example)"
        )
    targets = TargetColumns([], [], [], len(table.columns))
    if kind == "graphs" and level == "graph":
        targets = TargetColumns.choose(
            table, params.target_columns, params.split_column, ("graph",), params.task, by_column
        )
    elif kind == "graphs" and by_column and of_split in table.columns:
        check_split_column(table, of_split, params.split_column, ("graph",))
        targets = replace(targets, split=table.columns.index(of_split))
    elif kind == "nodes" and level == "node":
        targets = TargetColumns.choose(
            table, params.target_columns, params.split_column, ("graph", "node"), params.task, by_column
        )
    other = {"graph", *NAMES[kind], *(params.target_columns or ()), *(["weight"] if kind == "edges" else [])}
    other |= set(targets.names)
    other |= {of_split} if holds_split else set()
    features = [i for i, name in enumerate(table.columns) if name not in other and kind != "graphs"]
    for position in features:
        check_commas(table, table.columns[position])
    rejected, unknown = (RejectedRows(table.path, params.strict) for _ in range(2))
    return Rows(table, rejected, unknown, FeatureColumns.learn(table, features), targets)


def _check_one_split(parts: Mapping[str, Rows]) -> None:
    """Refuse a split of the graphs beside one of their nodes."""
    columns = [rows.targets.split_name(rows.table) for rows in parts.values() if rows.targets.split is not None]
    if len(columns) > 1:
        raise MspeError(f"{parts['edges'].table.path.parent}: {' and '.join(columns)} both hold a split; remove one")


def _read_samples(parts: Mapping[str, Rows]) -> None:
    samples = parts.get("graphs")
    if samples is None:
        return
    seen: set[str] = set()
    for line, row in samples.table.rows:
        name = samples.cell(row, "graph")
        problem = samples.targets.problem(row, name) or samples.problem(row, None)
        problem = problem or (Problem("repeated graph", repr(name)) if name in seen else None)
        samples.take(line, row, problem)
        if problem is None:
            samples.targets.note_unknown(row, f"line {line}", samples.unknown)
            seen.add(name)
    samples.left_out = {samples.cell(row, "graph") for _, row in samples.table.rows} - seen


def _read_nodes(parts: Mapping[str, Rows], index: Index) -> None:
    """Number the nodes of each graph in the order of their rows, those whose targets cannot be used too."""
    samples, nodes = parts.get("graphs"), parts.get("nodes")
    if nodes is None:
        return
    known = None if samples is None else set(samples.graphs)
    for line, row in nodes.table.rows:
        graph, node = nodes.cell(row, "graph"), nodes.cell(row, "node")
        if samples is not None and graph in samples.left_out:
            nodes.left_along += 1
            continue
        problem = nodes.problem(row, known)
        if problem is None and node in index.get(graph, {}):
            problem = Problem("repeated node", repr(node))
        nodes.take(line, row, problem)
        if problem is None:
            nodes.targets.note_unknown(row, f"line {line}", nodes.unknown)
            numbers = index.setdefault(graph, {})
            numbers[node] = len(numbers)


def _read_edges(parts: Mapping[str, Rows], index: Index) -> Int[Tensor, "edges 2"]:
    """The numbers of the nodes of each usable edge; without nodes.csv, nodes are numbered as they appear."""
    samples, edges = parts.get("graphs"), parts["edges"]
    known = set(samples.graphs) if samples is not None else set(index) if "nodes" in parts else None
    pairs = []
    for line, row in edges.table.rows:
        graph, names = edges.cell(row, "graph"), edges.names(row)
        if samples is not None and graph in samples.left_out:
            edges.left_along += 1
            continue
        problem = edges.problem(row, known) or _weight_problem(edges, row)
        unknown = [name for name in names if name not in index.get(graph, {})]
        if problem is None and unknown and "nodes" in parts:
            problem = Problem("unknown node", repr(unknown[0]))
        edges.take(line, row, problem)
        if problem is None:
            numbers = index.setdefault(graph, {})
            pairs.append([numbers.setdefault(name, len(numbers)) for name in names])
    return torch.tensor(pairs, dtype=torch.long).reshape(-1, 2)


def _report_repeats(edges: Rows, pairs: Int[Tensor, "edges 2"]) -> int:
    """Say which rows are an edge that another row is already, in whichever direction, and which are self-loops.

    Returns
    -------
    int
        The number of repeats.
    """
    found: dict[str, list[int]] = {"repeat an edge, in either direction, and are not used": [], "are self-loops": []}
    repeats, loops = found.values()
    seen = set()
    for line, graph, pair in zip(edges.lines, edges.graphs, pairs.tolist(), strict=True):
        edge = (graph, *sorted(pair))
        if edge in seen:
            repeats.append(line)
        elif pair[0] == pair[1]:
            loops.append(line)
        seen.add(edge)
    for kind, lines in found.items():
        if lines:
            logger.warning("%s: %d rows %s: lines %s", edges.table.path, len(lines), kind, first_of(lines))
    return len(repeats)


def _weight_problem(edges: Rows, row: list[str]) -> Problem | None:
    if "weight" not in edges.table.columns:
        return None
    weight = parse_number(edges.cell(row, "weight"))
    if weight is None or not weight >= 0:
        return Problem("weight not finite or negative", repr(edges.cell(row, "weight")))
    return None


def _build(names: Iterable[str], index: Index, parts: Mapping[str, Rows], pairs: Int[Tensor, "edges 2"]) -> list[Data]:
    """The graphs of these names, every edge once in each direction."""
    nodes, edges = parts.get("nodes"), parts["edges"]
    x = None if nodes is None else nodes.features.encode(nodes.cells)
    values = {"edge_attr": edges.features.encode(edges.cells)}
    if "weight" in edges.table.columns:
        values["edge_weight"] = torch.tensor([float(edges.cell(row, "weight")) for row in edges.cells])
    node_rows, edge_rows = {} if nodes is None else nodes.by_graph(), edges.by_graph()
    graphs = []
    for name in names:
        rows, count = torch.tensor(edge_rows.get(name, []), dtype=torch.long), len(index[name])
        both, first = to_undirected(pairs[rows].T, rows, count, reduce="min")
        graph = Data(edge_index=both, num_nodes=count)
        graph.update({key: value[first] for key, value in values.items() if value is not None})
        if x is not None:
            graph.x = x[node_rows[name]]
        graphs.append(graph)
    return graphs


def _with_targets(
    graphs: list[Data], names: list[str], parts: Mapping[str, Rows], level: TargetLevel, params: DatasetParams
) -> Samples:
    """The graphs with their targets, and with the split where a table has one; a single graph's nodes are split."""
    rows = parts["nodes" if level == "node" else "graphs"]
    targets = rows.targets.targets(rows.cells, rows.lines, params.task, rows.table.path)
    targets = replace(targets, positive=params.positive_class)
    task, values, classes = infer_task(targets, params.task, str(rows.table.path), level)
    positions = rows.by_graph()
    for graph, name in zip(graphs, names, strict=True):
        graph.y = values[positions[name]]
    samples = Samples(graphs, classes=classes, task=task, labels=task.labels(values) if level == "graph" else None)
    if level == "node" and (rows.targets.split is not None or len(graphs) == 1):
        order = list(chain.from_iterable(positions[name] for name in names))
        return _with_node_split(samples, rows, order, values[order])
    by_graph = parts.get("graphs")
    if by_graph is None:
        return samples
    split = by_graph.targets.predefined_split([by_graph.targets.part(row) for row in by_graph.cells])
    return replace(samples, predefined_split=split, split_from=by_graph.targets.split_name(by_graph.table))


def _with_node_split(samples: Samples, nodes: Rows, order: list[int], targets: Tensor) -> Samples:
    """Samples whose nodes are split, by the column of nodes.csv where it has one; `order` is of their rows."""
    assert samples.task is not None, nodes.table.path
    samples = replace(samples, split_unit="node", labels=node_labels(samples.task, targets))
    if nodes.targets.split is None:
        return samples
    split = split_by_column(nodes, order, known_targets(targets))
    return replace(samples, predefined_split=split, split_from=nodes.targets.split_name(nodes.table))
