"""Characters of Les Misérables who appear together; no download."""

import torch
from torch_geometric.data import Data

from mspe.dataset.config import DatasetParams
from mspe.dataset.edge_prediction import edge_samples
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import EdgePrediction


def read(params: DatasetParams) -> Samples:
    """Read the graph and hide a tenth of its edges for validation and a fifth for test."""
    import networkx as nx

    network = nx.convert_node_labels_to_integers(nx.les_miserables_graph())
    graph = Data(edge_index=torch.tensor(list(network.edges)).T, num_nodes=network.number_of_nodes())
    return edge_samples(graph, params.split_seed, held_out=(0.1, 0.2))


SPEC = DatasetSpec(
    name="lesmiserables",
    graphs="1 graph, 77 nodes, 254 edges",
    target="whether two characters appear in one chapter",
    task=EdgePrediction(),
    splits=("random",),
    origin="networkx's `les_miserables_graph`",
    licence="BSD (networkx)",
    citation="Knuth, The Stanford GraphBase, 1993",
    read=read,
    embedded=True,
    settings={"training.epochs": 40, "training.batch_size": 1},
)
