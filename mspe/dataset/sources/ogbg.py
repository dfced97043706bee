"""Molecules of the Open Graph Benchmark, in the tables that OGB unpacks."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams
from mspe.dataset.sources.ogb_tables import find_folder, read_numbers, read_table
from mspe.dataset.spec import DatasetSpec, Samples, SplitKind
from mspe.tasks import MultiLabel, SingleLabel, Task

_LARGEST = 2**31


def read(name: str, params: DatasetParams) -> Samples:
    """Read the molecules, each bond in both directions, and the published split by scaffolds; none is downloaded.

    An empty label is unknown. Atoms have OGB's nine columns of categories, bonds its three.
    """
    folder = find_folder(params.root, name, "GraphPropPredDataset")
    raw = folder / "raw"
    labels = torch.from_numpy(read_table(raw / "graph-label.csv.gz", np.float32, gaps=True))
    _check_labels(labels, raw / "graph-label.csv.gz")
    graphs = _read_graphs(raw, len(labels))
    single = labels.size(1) == 1
    for graph, label in zip(graphs, labels.long() if single else labels, strict=True):
        graph.y = label[None]
    published = folder / "split" / "scaffold"
    train, val, test = (_read_part(published / f"{part}.csv.gz", len(graphs)) for part in ("train", "valid", "test"))
    return Samples(
        graphs,
        predefined_split=(train, val, test),
        labels=labels.flatten().long().tolist() if single else None,
        classes=("0", "1") if single else (),
    )


def _read_graphs(raw: Path, count: int) -> list[Data]:
    """Every graph of the flat tables; a bond stands there once, and here in both directions."""
    nodes, edges = (_read_counts(raw / f"num-{what}-list.csv.gz", count) for what in ("node", "edge"))
    x = read_numbers(raw / "node-feat.csv.gz", _LARGEST)
    edge_attr = read_numbers(raw / "edge-feat.csv.gz", _LARGEST)
    pairs = read_numbers(raw / "edge.csv.gz", _LARGEST)
    for table, rows, file in ((x, nodes, "node-feat"), (edge_attr, edges, "edge-feat"), (pairs, edges, "edge")):
        if len(table) != sum(rows):
            raise MspeError(
                f"{raw / file}.csv.gz: has {len(table)} rows, but the graphs have {sum(rows)} in all; take the "
                "published files"
            )
    both = torch.stack([pairs, pairs.flip(1)], dim=1)  # [bonds, directions, 2]
    parts = zip(x.split(nodes), both.split(edges), edge_attr.split(edges), strict=True)
    return [_graph(*part) for part in parts]


def _graph(x: Tensor, both: Tensor, edge_attr: Tensor) -> Data:
    attributes = edge_attr.repeat_interleave(2, dim=0)
    return Data(x=x, edge_index=both.reshape(-1, 2).T.contiguous(), edge_attr=attributes)


def _read_counts(path: Path, count: int) -> list[int]:
    counts = read_numbers(path, _LARGEST).flatten().tolist()
    if len(counts) != count:
        raise MspeError(f"{path}: has {len(counts)} rows for {count} labelled graphs; take the published files")
    return counts


def _read_part(path: Path, count: int) -> Sequence[int]:
    return read_numbers(path, count).flatten().tolist()


def _check_labels(labels: Tensor, path: Path) -> None:
    known = labels[~labels.isnan()]
    if bool(((known != 0) & (known != 1)).any()) or (labels.size(1) == 1 and known.numel() < labels.numel()):
        raise MspeError(f"{path}: holds labels that are neither 0 nor 1; take the published file")


def _spec(
    name: str, graphs: str, target: str, task: Task, splits: tuple[SplitKind, ...] = ("published", "random")
) -> DatasetSpec:
    return DatasetSpec(
        name=name,
        graphs=graphs,
        target=target,
        task=task,
        splits=splits,
        origin=f'OGB, as its `GraphPropPredDataset("{name}")` unpacks it',
        licence="MIT",
        citation="Hu et al., arXiv 2005.00687; Wu et al., arXiv 1703.00564",
        read=partial(read, name),
    )


SPECS = [
    _spec(
        "ogbg-molhiv",
        "41,127 molecules, 2 to 222 atoms",
        "inhibits HIV replication or not",
        SingleLabel(metric="roc_auc"),
        ("published", "random", "stratified"),
    ),
    _spec(
        "ogbg-molpcba",
        "437,929 molecules, 1 to 332 atoms",
        "active or not in each of 128 assays, many unknown",
        MultiLabel(),
    ),
]
