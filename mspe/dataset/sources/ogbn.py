"""Large graphs of the Open Graph Benchmark whose nodes are classified, in the tables that OGB unpacks."""

from functools import partial

import numpy as np
import torch
from torch_geometric.data import Data
from torch_geometric.utils import index_to_mask, to_undirected

from mspe.dataset.config import DatasetParams
from mspe.dataset.node_masks import MASKS, node_samples
from mspe.dataset.sources.ogb_tables import find_folder, read_numbers, read_table
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel


def read(name: str, split: str, params: DatasetParams) -> Samples:
    """Read one graph, its edges in both directions, and the published split; none is downloaded."""
    folder = find_folder(params.root, name, "NodePropPredDataset")
    raw = folder / "raw"
    x = torch.from_numpy(read_table(raw / "node-feat.csv.gz", np.float32))
    nodes = len(x)
    edges = to_undirected(read_numbers(raw / "edge.csv.gz", nodes).T.contiguous(), num_nodes=nodes)
    topics = read_numbers(raw / "node-label.csv.gz", 2**31).reshape(-1)
    parts = {
        mask: index_to_mask(read_numbers(folder / "split" / split / f"{part}.csv.gz", nodes).reshape(-1), nodes)
        for mask, part in zip(MASKS, ("train", "valid", "test"), strict=True)
    }
    graph = Data(x=x, edge_index=edges, y=topics, **parts)
    return node_samples(graph, [str(number) for number in range(int(topics.max()) + 1)], params.fold, name)


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
