"""A dataset as it is handed out: its splits, and what its schema says of them."""

import pytest
import torch
from torch_geometric.loader import DataLoader

from mspe.dataset import GraphDataset, get_dataset


@pytest.fixture(scope="module")
def dataset() -> GraphDataset:
    return get_dataset("csl")


def test_the_splits_come_in_their_order(dataset: GraphDataset) -> None:
    for given, named in zip(dataset.get_splits(), (dataset.train, dataset.val, dataset.test), strict=True):
        assert given is named


@pytest.mark.parametrize(
    "name", ["num_features", "num_classes", "task_type", "node_features", "edge_features", "num_edge_features"]
)
def test_a_property_is_what_the_schema_says(dataset: GraphDataset, name: str) -> None:
    assert getattr(dataset, name) == getattr(dataset.schema, name)


def test_what_the_schema_says_is_what_the_graphs_hold(dataset: GraphDataset) -> None:
    assert dataset.schema.counts == {"train": 90, "val": 30, "test": 30}
    assert [len(split) for split in dataset.get_splits()] == [90, 30, 30]
    targets = torch.cat([split.fields["y"] for split in dataset.get_splits()])
    assert set(targets.flatten().tolist()) == set(range(dataset.num_classes))
    assert dataset.node_features == dataset.edge_features == "none"
    assert (dataset.num_features, dataset.num_edge_features) == (0, 0)


def test_a_split_is_a_dataset_for_pygs_loader(dataset: GraphDataset) -> None:
    batches = list(DataLoader(dataset.val, batch_size=8))
    assert [batch.num_graphs for batch in batches] == [8, 8, 8, 6]
    assert sum(batch.num_nodes for batch in batches) == int(dataset.val.num_nodes.sum())


def test_a_dataset_cannot_be_changed(dataset: GraphDataset) -> None:
    with pytest.raises(AttributeError):
        dataset.train = dataset.test  # type: ignore[misc]
