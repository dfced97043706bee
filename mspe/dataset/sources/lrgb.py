"""The Long Range Graph Benchmark: peptides, superpixels, and atoms that touch."""

from functools import partial

import numpy as np
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams
from mspe.dataset.root import pyg_root
from mspe.dataset.sources.checked import CheckedLRGB, GivenLRGB
from mspe.dataset.sources.published import read_published
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.graphs.packing import EDGE_LABEL_INDEX
from mspe.tasks import EdgePrediction, MultiLabel, Regression, SingleLabel, Task


def read_peptides(name: str, params: DatasetParams) -> Samples:
    """Read the published splits; atoms and bonds have OGB's columns of categories."""
    with pyg_root(params.root, "LRGBDataset", name) as root:
        return read_published(lambda split: CheckedLRGB(root, name, split=split), _with_real_target)


def _with_real_target(graph: Data) -> Data:
    graph.y = graph.y.float()
    return graph


def read_superpixels(params: DatasetParams) -> Samples:
    """Read the published splits of PascalVOC-SP; features are real, a superpixel's class is a number."""
    with pyg_root(params.root, "LRGBDataset", "pascalvoc-sp") as root:
        return read_published(lambda split: GivenLRGB(root, "pascalvoc-sp", split=split), _with_classes)


def _with_classes(graph: Data) -> Data:
    graph.y = graph.y.view(-1, 1).long()
    return graph


def read_contacts(params: DatasetParams) -> Samples:
    """Read the published splits of PCQM-Contact; each pair of atoms once, whichever of the two comes first.

    The published files name pairs in contact alone. Each molecule gets as many other pairs of atoms, as far as it has
    them, drawn by `dataset.split_seed`; where a file names such pairs, these are taken.
    """
    random = np.random.default_rng(params.split_seed)
    with pyg_root(params.root, "LRGBDataset", "pcqm-contact") as root:
        return read_published(
            lambda split: GivenLRGB(root, "pcqm-contact", split=split), partial(_with_pairs, random=random)
        )


def _with_pairs(graph: Data, random: np.random.Generator) -> Data:
    """Contacts and other pairs of a molecule [2, pairs], the smaller number first."""
    nodes = int(graph.num_nodes)
    first, second = graph[EDGE_LABEL_INDEX].sort(dim=0).values.numpy()
    label = graph.edge_label.numpy()
    if first.size and not (0 <= first.min() <= second.max() < nodes and np.isin(label, (0, 1)).all()):
        raise MspeError(
            "pcqm-contact: pairs name atoms that are not there, or labels beside 0 and 1; take the published files"
        )
    code = first.astype(np.int64) * nodes + second
    contacts, others = np.unique(code[label == 1]), np.unique(code[label == 0])
    if np.isin(others, contacts).any():
        raise MspeError("pcqm-contact: a pair of atoms is both in contact and not; take the published files")
    if not others.size:
        upper = np.triu_indices(nodes, k=1)
        free = np.setdiff1d(upper[0] * nodes + upper[1], contacts)
        others = random.choice(free, min(free.size, contacts.size), replace=False)
    chosen = np.concatenate([contacts, others])
    graph[EDGE_LABEL_INDEX] = torch.from_numpy(np.stack([chosen // nodes, chosen % nodes]))
    graph.edge_label = torch.cat([torch.ones(contacts.size), torch.zeros(others.size)])
    return graph


def _spec(name: str, graphs: str, target: str, task: Task, licence: str, read: partial | None = None) -> DatasetSpec:
    return DatasetSpec(
        name=name,
        graphs=graphs,
        target=target,
        task=task,
        splits=("published",),
        origin=f'LRGB, through PyG\'s `LRGBDataset(root, "{name}")`',
        licence=licence,
        citation="Dwivedi et al., arXiv 2206.08164",
        read=read or partial(read_peptides, name),
    )


SPECS = [
    _spec(
        "peptides-func",
        "15,535 peptides, 8 to 444 atoms",
        "10 functions, several at once",
        MultiLabel(),
        "CC BY-NC 4.0",
    ),
    _spec(
        "peptides-struct",
        "15,535 peptides, 8 to 444 atoms",
        "11 properties of the 3D shape, standardised",
        Regression(),
        "CC BY-NC 4.0",
    ),
    _spec(
        "pascalvoc-sp",
        "11,355 images of superpixels, 479 on average",
        "each superpixel's class of 21",
        SingleLabel("node", loss="weighted_cross_entropy", metric="f1"),
        "Pascal VOC 2011's (Flickr's terms of use)",
        partial(read_superpixels),
    ),
    _spec(
        "pcqm-contact",
        "529,434 molecules, 30 atoms on average",
        "whether two atoms 5 or more bonds apart are within 3.5 Å",
        EdgePrediction(metric="ap"),
        "CC BY 4.0",
        partial(read_contacts),
    ),
]
