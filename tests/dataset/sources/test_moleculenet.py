"""MoleculeNet, against PyG's own reader."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.datasets import MoleculeNet

from mspe.dataset import GraphDataset, get_dataset
from mspe.graphs import PackedGraphs


def whole(dataset: GraphDataset) -> PackedGraphs:
    return PackedGraphs.concatenate(list(dataset.get_splits()))


def writable(shared_data: Path, folder: Path, *parts: str) -> str:
    """A root that PyG may write into, with the raw files of one dataset."""
    target = folder / "pyg" / Path(*parts[1:]) / "raw"
    shutil.copytree(shared_data.joinpath(*parts) / "raw", target)
    return str(folder / "pyg")


def counts(graphs: PackedGraphs) -> Counter:
    """How many graphs there are of every node count, edge count and target."""
    targets = graphs.fields["y"].flatten(1).tolist()
    return Counter(zip(graphs.num_nodes.tolist(), graphs.num_edges.tolist(), map(str, targets), strict=True))


@pytest.mark.parametrize(
    ("name", "graphs"),
    [
        ("freesolv", 642),
        pytest.param("esol", 1128, marks=pytest.mark.slow),
        pytest.param("lipo", 4200, marks=pytest.mark.slow),
        pytest.param("bbbp", 2039, marks=pytest.mark.slow),
        pytest.param("bace", 1513, marks=pytest.mark.slow),
    ],
)
@pytest.mark.filterwarnings("ignore:Skipping molecule")  # PyG's own word for what both leave out
def test_moleculenet_is_pygs(
    shared_data: Path, tmp_path: Path, name: str, graphs: int, request: pytest.FixtureRequest
) -> None:
    if name != "freesolv":
        request.getfixturevalue("unchecked")  # for speed
    ours = whole(get_dataset(name, root=shared_data))
    theirs = MoleculeNet(writable(shared_data, tmp_path, "MoleculeNet", name), name)
    assert len(ours) == len(theirs) == graphs
    expected = PackedGraphs.from_list(
        [Data(edge_index=g.edge_index, num_nodes=g.num_nodes, y=g.y) for g in theirs], {"y": "graph"}
    )
    if ours.fields["y"].dtype == torch.int64:
        expected = expected.with_fields({"y": expected.fields["y"].long()}, {})
    assert counts(ours) == counts(expected)


def test_a_column_of_parts_is_not_the_split_of_a_published_table(shared_data: Path) -> None:
    """`bace` has a column `Model` of Train, Valid and Test, which nobody splits it by."""
    assert [len(part) for part in get_dataset("bace", root=shared_data).get_splits()] == [1210, 151, 152]
