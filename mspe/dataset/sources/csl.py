"""CSL: circular skip links, ten classes that message passing alone cannot tell apart; generated, no download."""

import numpy as np
import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from mspe.dataset.config import DatasetParams
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel

NODES, SKIPS, COPIES = 41, (2, 3, 4, 5, 6, 9, 11, 12, 13, 16), 15


def read(params: DatasetParams) -> Samples:
    """Draw 15 random numberings of the nodes of each of ten graphs, always the same ones."""
    random = np.random.default_rng(0)
    graphs, labels = [], []
    for label, skip in enumerate(SKIPS):
        for _ in range(COPIES):
            graph = circular_skip_links(skip, random.permutation(NODES))
            graph.y = torch.tensor([[label]])
            graphs.append(graph)
            labels.append(label)
    return Samples(graphs, labels=labels, classes=tuple(f"skip {skip}" for skip in SKIPS))


def circular_skip_links(skip: int, order: np.ndarray) -> Data:
    """A ring of 41 nodes, each also joined to the one `skip` further on; every node has four neighbours.

    Examples
    --------
    >>> circular_skip_links(2, np.arange(41)).num_edges
    164
    """
    nodes = np.arange(NODES)
    source = order[np.concatenate([nodes, nodes])]
    target = order[np.concatenate([(nodes + 1) % NODES, (nodes + skip) % NODES])]
    return Data(edge_index=to_undirected(torch.from_numpy(np.stack([source, target]))), num_nodes=NODES)


SPEC = DatasetSpec(
    name="csl",
    graphs="150 graphs, 41 nodes",
    target="which of ten skip lengths",
    task=SingleLabel(),
    splits=("folds",),
    origin="generated from its definition",
    licence="none needed",
    citation="Murphy et al., arXiv 1903.02541; Dwivedi et al., arXiv 2003.00982",
    read=read,
    embedded=True,
    folds=5,
    settings={"model.norm": "layer", "training.epochs": 40},
)
