"""Large graphs of the Open Graph Benchmark whose nodes are classified, in the tables that OGB unpacks."""

import io
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import index_to_mask, to_undirected

from mspe.common.errors import MspeError
from mspe.common.unpacking import refuse_special, unpack_gzip
from mspe.dataset.config import DatasetParams
from mspe.dataset.node_masks import MASKS, node_samples
from mspe.dataset.root import data_root
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel


def read(name: str, split: str, params: DatasetParams) -> Samples:
    """Read one graph, its edges in both directions, and the published split; none is downloaded."""
    folder = data_root(params.root) / name.replace("-", "_")
    if not folder.is_dir():
        raise MspeError(
            f"{name}: raw files are missing in {folder}; put them there as OGB's NodePropPredDataset({name!r}) unpacks "
            "them, or set MSPE_DATA to the folder that holds them"
        )
    raw = folder / "raw"
    x = torch.from_numpy(_read_table(raw / "node-feat.csv.gz", np.float32))
    nodes = len(x)
    edges = to_undirected(_read_numbers(raw / "edge.csv.gz", nodes).T.contiguous(), num_nodes=nodes)
    topics = _read_numbers(raw / "node-label.csv.gz", 2**31).reshape(-1)
    parts = {
        mask: index_to_mask(_read_numbers(folder / "split" / split / f"{part}.csv.gz", nodes).reshape(-1), nodes)
        for mask, part in zip(MASKS, ("train", "valid", "test"), strict=True)
    }
    graph = Data(x=x, edge_index=edges, y=topics, **parts)
    return node_samples(graph, [str(number) for number in range(int(topics.max()) + 1)], params.fold, name)


def _read_numbers(path: Path, below: int) -> Tensor:
    """Whole numbers from 0."""
    values = torch.from_numpy(_read_table(path, np.int64))
    if values.numel() and not 0 <= int(values.min()) <= int(values.max()) < below:
        raise MspeError(f"{path}: holds numbers outside 0 to {below - 1}; take the published file")
    return values


def _read_table(path: Path, kind: type[np.number]) -> np.ndarray:
    if not path.is_file():
        raise MspeError(f"{path}: no such file; take the published ones")
    refuse_special(path)
    try:
        with warnings.catch_warnings(action="error"):  # numpy warns of an empty file
            return np.loadtxt(io.BytesIO(unpack_gzip(path)), delimiter=",", dtype=kind, ndmin=2)
    except (ValueError, UserWarning) as error:
        reason = str(error).splitlines()[0]
        raise MspeError(f"{path}: cannot be read ({reason}); take the published file") from error


SPECS = [
    DatasetSpec(
        name=name,
        graphs=graphs,
        target=target,
        task=SingleLabel("node"),
        splits=("published", "random", "stratified"),
        origin=f'OGB, as its `NodePropPredDataset("{name}")` unpacks it',
        licence=licence,
        citation="Hu et al., arXiv 2005.00687",
        read=partial(read, name, split),
        settings={"training.epochs": 200, "training.batch_size": 1},
    )
    for name, graphs, target, split, licence in (
        ("ogbn-arxiv", "1 graph, 169,343 nodes, 1,157,799 edges", "each paper's field, of 40", "time", "ODC-BY"),
        (
            "ogbn-products",
            "1 graph, 2,449,029 nodes, 61,859,012 edges",
            "each product's category, of 47",
            "sales_ranking",
            "Amazon",
        ),
    )
]
