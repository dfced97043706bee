"""Citation networks, for edge prediction."""

from functools import partial

from torch_geometric.data import Data

from mspe.dataset.config import DatasetParams
from mspe.dataset.edge_prediction import edge_samples
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import CheckedPlanetoid
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import EdgePrediction


def read(name: str, params: DatasetParams) -> Samples:
    """Read one network and hide 5 % of its edges for validation and 10 % for test; words are left as published."""
    with pyg_root(params.root, "Planetoid", name) as root:
        graph = CheckedPlanetoid(root, name)[0]
    only_words = Data(x=graph.x, edge_index=graph.edge_index, num_nodes=graph.num_nodes)
    return edge_samples(only_words, params.split_seed, standardize=False)


SPECS = [
    DatasetSpec(
        name=name.lower(),
        graphs=graphs,
        target="whether one paper cites the other",
        task=EdgePrediction(),
        splits=("random",),
        origin=f'kimiyoung/planetoid, through PyG\'s `Planetoid(root, "{name}")`',
        licence="MIT",
        citation="Sen et al. 2008; Yang et al., arXiv 1603.08861",
        read=partial(read, name),
    )
    for name, graphs in (
        ("Cora", "1 graph, 2,708 nodes, 5,278 edges, 1,433 words"),
        ("CiteSeer", "1 graph, 3,327 nodes, 4,552 edges, 3,703 words"),
        ("PubMed", "1 graph, 19,717 nodes, 44,324 edges, 500 words"),
    )
]
