"""Road networks of cities, whose junctions are classified by how far their farthest neighbour is (arXiv 2503.09008)."""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.tensor_files import verify_tensors
from mspe.common.unpacking import refuse_special
from mspe.dataset.config import DatasetParams
from mspe.dataset.node_masks import node_samples
from mspe.dataset.root import data_root
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import SingleLabel

_FILES = {
    "x": "node_features_augmented.pt",
    "edge_index": "edge_indices.pt",
    "y": "10-chunk_16-hop_node_labels.pt",
    "train_mask": "train_mask.pt",
    "val_mask": "valid_mask.pt",
    "test_mask": "test_mask.pt",
}


def read(name: str, params: DatasetParams) -> Samples:
    """Read the tensors that PyG's `CityNetwork` unpacks, where they lie; none is downloaded."""
    folder = data_root(params.root) / "CityNetwork" / name / "raw" / name
    if not folder.is_dir():
        raise MspeError(
            f"{name}: raw files are missing in {folder}; put them there as PyG's CityNetwork(root, {name!r}) unpacks "
            "them, or set MSPE_DATA to the folder that holds CityNetwork"
        )
    graph = Data(**{field: _read_tensor(folder / file) for field, file in _FILES.items()})
    classes = [str(number) for number in range(int(graph.y.max()) + 1)]
    return node_samples(graph, classes, params.fold, name)


def _read_tensor(path: Path) -> Tensor:
    if not path.is_file():
        raise MspeError(f"{path}: no such file; take the published ones")
    refuse_special(path)
    verify_tensors(path)
    try:
        values = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen types for a damaged archive
        raise MspeError(f"{path}: cannot be read safely; take the published file") from error
    if not isinstance(values, Tensor):
        raise MspeError(f"{path}: holds a {type(values).__name__}, allowed: a tensor; take the published file")
    return values


SPECS = [
    DatasetSpec(
        name=name,
        graphs=graphs,
        target="each junction's tenth by eccentricity within 16 hops",
        task=SingleLabel("node"),
        splits=("published", "random", "stratified"),
        origin=f'LeonResearch/City-Networks, as PyG\'s `CityNetwork(root, "{name}")` unpacks it',
        licence="ODbL (OpenStreetMap)",
        citation="Liang et al., arXiv 2503.09008",
        read=partial(read, name),
        settings={"training.epochs": 200, "training.batch_size": 1},
    )
    for name, graphs in (
        ("paris", "1 graph, 114,127 nodes, 182,511 edges"),
        ("shanghai", "1 graph, 183,917 nodes, 262,092 edges"),
        ("la", "1 graph, 240,587 nodes, 341,523 edges"),
        ("london", "1 graph, 568,795 nodes, 756,502 edges"),
    )
]
