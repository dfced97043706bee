"""Graph classification from the TU Dortmund collection."""

from functools import partial

import torch
from torch_geometric.data import Data

from mspe.dataset.config import DatasetParams
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import CheckedTUDataset
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel


def read(name: str, params: DatasetParams) -> Samples:
    """Read one dataset, node attributes and one-hot node labels alike; labels alone become categories."""
    with pyg_root(params.root, "TUDataset", name) as root:
        graphs = list(CheckedTUDataset(root, name, use_node_attr=True))
    for graph in graphs:
        graph.y = graph.y.view(1, 1)
    for feature in ("x", "edge_attr"):
        number_one_hot(graphs, feature)
    return Samples(graphs, labels=[int(graph.y) for graph in graphs])


def number_one_hot(graphs: list[Data], feature: str) -> None:
    """Turn a feature that is one-hot in all graphs into its numbers, which a model looks up instead of multiplying."""
    parts = [graph[feature] for graph in graphs if graph.get(feature) is not None]
    rows = torch.cat(parts) if parts else torch.empty(0, 0)
    if rows.size(0) and bool(((rows == 0) | (rows == 1)).all()) and bool((rows.sum(dim=1) == 1).all()):
        for graph in graphs:
            graph[feature] = graph[feature].argmax(dim=1, keepdim=True)


def _source(name: str, graphs: str, target: str, paper: str, epochs: int | None = None) -> DatasetSpec:
    return DatasetSpec(
        name=name.lower(),
        graphs=graphs,
        target=target,
        task=SingleLabel(),
        splits=("folds", "stratified", "random"),
        origin=f'TU Dortmund, through PyG\'s `TUDataset(root, "{name}")`',
        licence="none stated",
        citation=f"{paper}; Morris et al., arXiv 2007.08663",
        read=partial(read, name),
        settings={} if epochs is None else {"training.epochs": epochs},
    )


SPECS = [
    _source("MUTAG", "188 molecules, 10 to 28 atoms", "mutagenic or not", "Debnath et al. 1991", epochs=40),
    _source("ENZYMES", "600 proteins, 2 to 126 nodes", "which of 6 enzyme classes", "Borgwardt et al. 2005", epochs=60),
    _source("PROTEINS", "1,113 proteins, 4 to 620 nodes", "enzyme or not", "Borgwardt et al. 2005"),
]
