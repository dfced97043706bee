"""Peptides from the Long Range Graph Benchmark."""

from functools import partial

from torch_geometric.data import Data

from mspe.dataset.config import DatasetParams
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import CheckedLRGB
from mspe.dataset.sources.published import read_published
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import MultiLabel, Regression


def read(name: str, params: DatasetParams) -> Samples:
    """Read the published splits; atoms and bonds have OGB's columns of categories."""
    with pyg_root(params.root, "LRGBDataset", name) as root:
        return read_published(lambda split: CheckedLRGB(root, name, split=split), _plain)


def _plain(graph: Data) -> Data:
    graph.y = graph.y.float()
    return graph


SPECS = [
    DatasetSpec(
        name=name,
        graphs="15,535 peptides, 8 to 444 atoms",
        target=target,
        task=task,
        splits=("published",),
        origin=f'LRGB, through PyG\'s `LRGBDataset(root, "{name}")`',
        licence="CC BY-NC 4.0",
        citation="Dwivedi et al., arXiv 2206.08164",
        read=partial(read, name),
    )
    for name, target, task in (
        ("peptides-func", "10 functions, several at once", MultiLabel()),
        ("peptides-struct", "11 properties of the 3D shape, standardised", Regression()),
    )
]
