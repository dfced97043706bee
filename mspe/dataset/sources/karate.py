"""Zachary's karate club; no download."""

import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from mspe.dataset.config import DatasetParams
from mspe.dataset.node_split import node_labels
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel

CLUBS = ("Mr. Hi", "Officer")
TASK = SingleLabel("node")


def read(params: DatasetParams) -> Samples:
    """Read the graph: members, who met whom outside the club, and whose side each took when it split."""
    import networkx as nx

    network = nx.karate_club_graph()
    sides = torch.tensor([[CLUBS.index(club)] for _, club in network.nodes(data="club")])
    edges = to_undirected(torch.tensor(list(network.edges)).T)
    graph = Data(edge_index=edges, y=sides, num_nodes=network.number_of_nodes())
    return Samples([graph], split_unit="node", labels=node_labels(TASK, sides), classes=CLUBS)


SPEC = DatasetSpec(
    name="karate",
    graphs="1 graph, 34 nodes, 78 edges",
    target="whose side a member took when the club split",
    task=TASK,
    splits=("stratified", "random", "folds"),
    origin="networkx's `karate_club_graph`",
    licence="BSD (networkx)",
    citation="Zachary 1977",
    read=read,
    embedded=True,
    folds=5,
    settings={"training.epochs": 60, "training.batch_size": 1},
)
