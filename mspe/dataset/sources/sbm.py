"""PATTERN and CLUSTER: nodes of stochastic block models, to be classified each."""

from functools import partial

from torch_geometric.data import Data

from mspe.dataset.config import DatasetParams
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import CheckedGNNBenchmark
from mspe.dataset.sources.published import read_published
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel

TASK = SingleLabel("node", loss="weighted_cross_entropy", metric="weighted_accuracy")


def read(name: str, params: DatasetParams) -> Samples:
    """Read the published splits; the one-hot node feature becomes a category."""
    with pyg_root(params.root, "GNNBenchmarkDataset", name) as root:
        return read_published(lambda split: CheckedGNNBenchmark(root, name, split=split), _plain)


def _plain(graph: Data) -> Data:
    return Data(x=graph.x.argmax(dim=1, keepdim=True), edge_index=graph.edge_index, y=graph.y.view(-1, 1).long())


SPECS = [
    DatasetSpec(
        name=name.lower(),
        graphs=graphs,
        target=target,
        task=TASK,
        splits=("published",),
        origin=f'benchmarking-gnns, through PyG\'s `GNNBenchmarkDataset(root, "{name}")`',
        licence="MIT",
        citation="Dwivedi et al., arXiv 2003.00982",
        read=partial(read, name),
    )
    for name, graphs, target in (
        ("PATTERN", "14,000 graphs, 44 to 188 nodes", "whether a node is of the planted pattern"),
        ("CLUSTER", "12,000 graphs, 41 to 190 nodes", "each node's community of 6"),
    )
]
