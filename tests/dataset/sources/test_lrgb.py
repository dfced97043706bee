"""LRGB's datasets, from small files of its format."""

import pickle
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.pipeline.trained_model import TrainedModel
from tests.pipeline.conftest import train


def peptides(folder: Path) -> None:
    """LRGB's raw files: a list of (x, edge_attr, edge_index, y) a split."""
    raw = folder / "LRGBDataset" / "peptides-func" / "raw"
    raw.mkdir(parents=True)
    generator = torch.Generator().manual_seed(0)
    for number, split in enumerate(("train", "val", "test")):
        graphs = []
        for size in range(3, 8 + number):
            index = torch.arange(size)
            edge_index = torch.stack([torch.cat([index, index.roll(1)]), torch.cat([index.roll(1), index])])
            x = torch.randint(0, 4, (size, 9), generator=generator)
            graphs.append(
                (x, torch.zeros(2 * size, 3, dtype=torch.long), edge_index, (torch.arange(10)[None] % 2).long())
            )
        graphs[0][3][:] = 1
        torch.save(graphs, raw / f"{split}.pt")


def test_peptides_are_read_from_lrgbs_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    peptides(tmp_path)
    with pytest.raises(MspeError, match="peptides-func: target 1 has 1 everywhere in the train split"):
        get_dataset("peptides-func", root=tmp_path)
    dataset = get_dataset("peptides-func", root=tmp_path, limit=5)
    assert (dataset.task_type, dataset.num_classes, dataset.schema.metric) == ("classification", 10, "ap")
    assert [len(part) for part in dataset.get_splits()] == [5, 5, 5]
    assert dataset.test.fields["y"].shape == (5, 10) and dataset.test.fields["y"].is_floating_point()
    assert dataset.schema.class_counts["train"] == (1, 5) * 5


def chain(size: int) -> torch.Tensor:
    index = torch.arange(size - 1)
    return torch.cat([torch.stack([index, index + 1]), torch.stack([index + 1, index])], dim=1)


def superpixels(folder: Path) -> Path:
    """LRGB's raw files: pickles of a list of (x, edge_attr, edge_index, y) a split."""
    raw = folder / "LRGBDataset" / "pascalvoc-sp" / "raw"
    raw.mkdir(parents=True)
    generator = torch.Generator().manual_seed(0)
    for split in ("train", "val", "test"):
        graphs = []
        for size in range(5, 12):
            edges = chain(size)
            x, edge_attr = (
                torch.rand(rows, width, generator=generator) for rows, width in ((size, 14), (edges.size(1), 2))
            )
            graphs.append((x, edge_attr, edges, [number % 4 for number in range(size)]))
        (raw / f"{split}.pickle").write_bytes(pickle.dumps(graphs))
    return raw


def test_superpixels_are_classified_by_the_field_s_metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    superpixels(tmp_path)
    dataset = get_dataset("pascalvoc-sp", root=tmp_path)
    schema = dataset.schema
    assert (schema.target_level, schema.loss, schema.metric) == ("node", "weighted_cross_entropy", "f1")
    assert (schema.num_features, schema.node_features, schema.num_edge_features) == (14, "real", 2)
    assert dataset.num_classes == 4 and [len(part) for part in dataset.get_splits()] == [7, 7, 7]
    assert dataset.val[0].y.flatten().tolist() == [0, 1, 2, 3, 0]
    torch.testing.assert_close(
        torch.cat([graph.x for graph in dataset.train]).mean(dim=0), torch.zeros(14), atol=1e-5, rtol=0
    )


def contacts(folder: Path, pairs: list[list[int]], labels: list[int]) -> Path:
    """LRGB's raw files: a list of (x, edge_attr, edge_index, edge_label_index, edge_label) a split."""
    raw = folder / "LRGBDataset" / "pcqm-contact" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for split in ("train", "val", "test"):
        graphs = []
        for size in range(8, 14):
            edges, ends = chain(size), torch.tensor(pairs).T
            x, edge_attr = torch.randint(0, 3, (size, 9)), torch.zeros(edges.size(1), 3, dtype=torch.long)
            graphs.append((x, edge_attr, edges, ends, torch.tensor(labels, dtype=torch.int)))
        torch.save(graphs, raw / f"{split}.pt")
    return raw


def test_contacts_get_as_many_other_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    contacts(tmp_path, [[0, 6], [6, 0], [1, 7], [7, 1]], [1, 1, 1, 1])
    dataset, again, other = (get_dataset("pcqm-contact", root=tmp_path, split_seed=seed) for seed in (0, 0, 1))
    assert (dataset.schema.target_level, dataset.schema.metric) == ("edge", "ap")
    drawn = []
    for graph in dataset.test:
        first, second = graph.edge_label_index
        assert graph.edge_label.tolist() == [1, 1, 0, 0] and bool((first < second).all())
        assert graph.edge_label_index[:, :2].T.tolist() == [[0, 6], [1, 7]]
        assert int(second.max()) < graph.num_nodes
        drawn.append({tuple(pair) for pair in graph.edge_label_index[:, 2:].T.tolist()})
    assert all(len(pairs) == 2 and not pairs & {(0, 6), (1, 7)} for pairs in drawn)
    pairs = [part.fields["edge_label_index"] for part in (dataset.test, again.test, other.test)]
    assert torch.equal(pairs[0], pairs[1]) and not torch.equal(pairs[0], pairs[2])


def test_other_pairs_that_a_file_names_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    contacts(tmp_path, [[0, 6], [3, 1], [2, 5]], [1, 0, 0])
    graph = get_dataset("pcqm-contact", root=tmp_path).train[0]
    assert graph.edge_label_index.T.tolist() == [[0, 6], [1, 3], [2, 5]] and graph.edge_label.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("pairs", "labels", "message"),
    [
        ([[0, 13]], [1], "pairs name atoms that are not there"),
        ([[0, 6]], [2], "labels beside 0 and 1"),
        ([[0, 6], [6, 0]], [1, 0], "a pair of atoms is both in contact and not"),
    ],
)
def test_pairs_that_cannot_be_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pairs: list[list[int]], labels: list[int], message: str
) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    contacts(tmp_path, pairs, labels)
    with pytest.raises(MspeError, match=f"^pcqm-contact: .*{message}"):
        get_dataset("pcqm-contact", root=tmp_path)


def test_a_model_scores_contacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    contacts(tmp_path, [[0, 6], [1, 7]], [1, 1])
    trained = TrainedModel.load(train(get_dataset("pcqm-contact", root=tmp_path), tmp_path), "cpu")
    metrics = trained.evaluate(get_dataset("pcqm-contact", root=tmp_path).test).metrics
    assert 0 <= metrics["ap"] <= 1 and "mrr" not in metrics


@pytest.mark.parametrize("name", ["pascalvoc-sp", "pcqm-contact"])
def test_neither_is_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    with pytest.raises(MspeError, match=rf"^{name}: raw files are missing in .*the library downloads none of it"):
        get_dataset(name, root=tmp_path)
