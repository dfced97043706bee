"""TU Dortmund's collection: against PyG's own reader, and on a small file of its format."""

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.datasets import TUDataset

from mspe.dataset import DATASETS, DatasetParams, get_dataset
from mspe.dataset.assemble import choose_split
from mspe.dataset.sources.tudataset import number_one_hot
from mspe.graphs import PackedGraphs


@pytest.mark.parametrize(("name", "features"), [("mutag", 7), ("enzymes", 21)])
def test_tudataset_is_pygs(shared_data: Path, tmp_path: Path, name: str, features: int) -> None:
    dataset = get_dataset(name, root=shared_data)
    raw = shared_data / "TUDataset" / name.upper() / "raw"
    shutil.copytree(raw, tmp_path / name.upper() / "raw")
    theirs = TUDataset(str(tmp_path), name.upper(), use_node_attr=True)
    ours = PackedGraphs.concatenate(list(dataset.get_splits()))
    assert (len(ours), dataset.num_features, dataset.num_classes) == (len(theirs), features, theirs.num_classes)
    assert theirs.num_features == features
    found = zip(ours.num_nodes.tolist(), ours.num_edges.tolist(), ours.fields["y"].flatten().tolist(), strict=True)
    assert Counter(found) == Counter((g.num_nodes, g.num_edges, int(g.y)) for g in theirs)


def test_a_feature_is_one_hot_in_all_graphs_or_in_none() -> None:
    graphs = [Data(x=torch.eye(3)), Data(x=torch.tensor([[0.0, 1.0, 0.0]]))]
    number_one_hot(graphs, "x")
    assert [graph.x.flatten().tolist() for graph in graphs] == [[0, 1, 2], [1]]
    mixed = [Data(x=torch.eye(3)), Data(x=torch.tensor([[0.5, 1.0, 0.0]]))]
    number_one_hot(mixed, "x")
    assert torch.equal(mixed[0].x, torch.eye(3))


def test_proteins_are_read_from_tu_dortmunds_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    raw = tmp_path / "TUDataset" / "PROTEINS" / "raw"
    raw.mkdir(parents=True)
    sizes = [3 + number % 4 for number in range(40)]
    starts = np.cumsum([1, *sizes])
    edges = [
        f"{first + i}, {first + (i + 1) % size}\n{first + (i + 1) % size}, {first + i}"
        for first, size in zip(starts[:-1], sizes, strict=True)
        for i in range(size)
    ]
    (raw / "PROTEINS_A.txt").write_text("\n".join(edges) + "\n")
    (raw / "PROTEINS_graph_indicator.txt").write_text("".join(f"{g + 1}\n" * size for g, size in enumerate(sizes)))
    (raw / "PROTEINS_graph_labels.txt").write_text("".join(f"{1 + g % 2}\n" for g in range(40)))
    (raw / "PROTEINS_node_labels.txt").write_text("".join(f"{node % 3}\n" for node in range(sum(sizes))))
    (raw / "PROTEINS_node_attributes.txt").write_text("".join(f"{node / 7}\n" for node in range(sum(sizes))))
    dataset = get_dataset("proteins", root=tmp_path, fold=3)
    assert [len(part) for part in dataset.get_splits()] == [32, 4, 4]
    assert (dataset.num_features, dataset.node_features, dataset.num_classes) == (4, "real", 2)
    assert sorted(PackedGraphs.concatenate(list(dataset.get_splits())).num_nodes.tolist()) == sorted(sizes)


def test_a_feature_that_no_graph_has_is_left_alone() -> None:
    graphs = [Data(num_nodes=2), Data(num_nodes=1)]
    number_one_hot(graphs, "x")
    assert all(graph.get("x") is None for graph in graphs)


def test_mutags_folds_test_every_graph_once(shared_data: Path) -> None:
    spec = DATASETS["mutag"]
    samples = spec.read(DatasetParams(name="mutag", root=str(shared_data)))
    labels = samples.labels
    assert labels is not None
    folds = [choose_split(spec, samples, DatasetParams(name="mutag", fold=fold)) for fold in range(10)]
    assert sorted(graph for *_, test in folds for graph in test) == list(range(188))
    for train, val, test in folds:
        assert sorted([*train, *val, *test]) == list(range(188)) and abs(len(test) - 18.8) < 2
        share = sum(labels[graph] for graph in test) / len(test)
        assert abs(share - 125 / 188) < 0.06  # as many mutagenic ones as in the whole
