"""Citation networks: against PyG's own reader, and on a small file of their format."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from torch_geometric.datasets import Planetoid

from mspe.dataset import get_dataset


@pytest.mark.parametrize(("name", "title"), [("cora", "Cora"), ("citeseer", "CiteSeer")])
def test_planetoid_is_pygs(shared_data: Path, tmp_path: Path, name: str, title: str) -> None:
    dataset = get_dataset(name, root=shared_data)
    shutil.copytree(shared_data / "Planetoid" / title / "raw", tmp_path / title / "raw")
    graph = Planetoid(str(tmp_path), title)[0]
    edges = graph.edge_index[:, graph.edge_index[0] != graph.edge_index[1]]
    split = [data.fields for data in dataset.get_splits()]
    true = sum(int(fields["edge_label"].sum()) for fields in split)
    assert true == edges.size(1) // 2
    test = dataset.test[0]
    assert test.num_nodes == graph.num_nodes and torch.equal(test.x, graph.x)
    assert dataset.test.num_edges.item() == 2 * int(split[0]["edge_label"].sum())  # test sees all training edges


def test_pubmed_is_read_from_planetoids_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    raw = tmp_path / "Planetoid" / "PubMed" / "raw"
    raw.mkdir(parents=True)
    nodes, known = 600, 560
    features = np.random.default_rng(0).random((nodes, 5)).astype(np.float32)
    one_hot = np.eye(3, dtype=np.int32)[np.arange(nodes) % 3]
    content = {
        "x": csr_matrix(features[:20]), "y": one_hot[:20],
        "allx": csr_matrix(features[:known]), "ally": one_hot[:known],
        "tx": csr_matrix(features[known:]), "ty": one_hot[known:],
        "graph": {node: [(node + 1) % nodes, (node + 7) % nodes] for node in range(nodes)},
    }  # fmt: skip
    for name, value in content.items():
        (raw / f"ind.pubmed.{name}").write_bytes(pickle.dumps(value))
    (raw / "ind.pubmed.test.index").write_text("".join(f"{node}\n" for node in range(known, nodes)))
    dataset = get_dataset("pubmed", root=tmp_path)
    assert torch.equal(dataset.test[0].x, torch.from_numpy(features))
    assert sum(dataset.schema.class_counts[split][1] for split in ("train", "val", "test")) == 2 * nodes
