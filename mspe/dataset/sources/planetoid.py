"""Citation networks: which paper cites which, or what each is about."""

from functools import partial

from torch_geometric.data import Data

from mspe.dataset.config import DatasetParams
from mspe.dataset.edge_prediction import edge_samples
from mspe.dataset.node_masks import node_samples
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import CheckedPlanetoid
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import EdgePrediction, SingleLabel


def read_edges(name: str, params: DatasetParams) -> Samples:
    """Read one network and hide 5 % of its edges for validation and 10 % for test; words are left as published."""
    graph = _load(name, params)
    only_words = Data(x=graph.x, edge_index=graph.edge_index, num_nodes=graph.num_nodes)
    return edge_samples(only_words, params.split_seed, standardize=False)


def read_nodes(name: str, params: DatasetParams) -> Samples:
    """Read one network with the published masks: 20 papers of each topic train, 500 validate, 1,000 test.

    A paper's words are divided by their number, as Kipf and Welling do (arXiv 1609.02907).
    """
    graph = _load(name, params)
    graph.x = graph.x / graph.x.sum(dim=1, keepdim=True).clamp(min=1)
    topics = [str(number) for number in range(int(graph.y.max()) + 1)]
    return node_samples(graph, topics, params.fold, name, standardize=False)


def _load(name: str, params: DatasetParams) -> Data:
    with pyg_root(params.root, "Planetoid", name) as root:
        return CheckedPlanetoid(root, name)[0]


_ORIGIN = 'kimiyoung/planetoid, through PyG\'s `Planetoid(root, "{}")`'
_NETWORKS = {
    "Cora": "1 graph, 2,708 nodes, 5,278 edges, 1,433 words",
    "CiteSeer": "1 graph, 3,327 nodes, 4,552 edges, 3,703 words",
    "PubMed": "1 graph, 19,717 nodes, 44,324 edges, 500 words",
}

EDGES = [
    DatasetSpec(
        name=name.lower(),
        graphs=graphs,
        target="whether one paper cites the other",
        task=EdgePrediction(),
        splits=("random",),
        origin=_ORIGIN.format(name),
        licence="MIT",
        citation="Sen et al. 2008; Yang et al., arXiv 1603.08861",
        read=partial(read_edges, name),
    )
    for name, graphs in _NETWORKS.items()
]
NODES = [
    DatasetSpec(
        name=f"{name.lower()}-nodes",
        graphs=graphs,
        target="each paper's topic",
        task=SingleLabel("node"),
        splits=("published", "random", "stratified"),
        origin=_ORIGIN.format(name),
        licence="MIT",
        citation="Sen et al. 2008; Yang et al., arXiv 1603.08861",
        read=partial(read_nodes, name),
        settings={"training.epochs": 200, "training.batch_size": 1},
    )
    for name, graphs in _NETWORKS.items()
]
