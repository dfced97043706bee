"""PATTERN and CLUSTER, on a small file of their format."""

from pathlib import Path

import pytest
import torch

from mspe.dataset import DATASETS, get_dataset


def test_block_models_are_read_from_benchmarking_gnns_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    raw = tmp_path / "GNNBenchmarkDataset" / "PATTERN" / "raw"
    raw.mkdir(parents=True)
    splits = []
    for count in (6, 3, 3):
        graphs = []
        for size in range(4, 4 + count):
            index = torch.arange(size)
            edge_index = torch.stack([torch.cat([index, index.roll(1)]), torch.cat([index.roll(1), index])])
            graphs.append({"x": torch.eye(3)[index % 3], "edge_index": edge_index, "y": index % 2})
        splits.append(graphs)
    torch.save(splits, raw / "PATTERN_v2.pt")
    dataset = get_dataset("pattern", root=tmp_path)
    assert (dataset.num_features, dataset.num_classes, dataset.schema.target_level) == (3, 2, "node")
    assert (dataset.schema.loss, dataset.schema.metric) == ("weighted_cross_entropy", "weighted_accuracy")
    assert [len(part) for part in dataset.get_splits()] == [6, 3, 3]
    assert torch.equal(dataset.train[1].y.flatten(), torch.arange(5) % 2)
    assert torch.equal(dataset.train[1].x.flatten(), torch.arange(5) % 3)


@pytest.mark.parametrize("name", ["pattern", "cluster"])
def test_a_block_models_nodes_are_scored_by_class(name: str) -> None:
    task = DATASETS[name].task
    assert task is not None and task.level == "node"
    assert (task.loss, task.metric) == ("weighted_cross_entropy", "weighted_accuracy")
    assert DATASETS[name].splits == ("published",)
