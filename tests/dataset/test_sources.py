"""Every source: against PyG's own reader where the raw files are at hand, else on a small file of its format."""

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.datasets import MoleculeNet, Planetoid, TUDataset

from mspe.common.errors import MspeError
from mspe.dataset import DATASETS, GraphDataset, get_dataset, list_datasets
from mspe.dataset.sources.csl import SKIPS
from mspe.dataset.sources.tudataset import number_one_hot
from mspe.graphs import PackedGraphs
from tests.conftest import ROOT


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
        ("esol", 1128),
        ("freesolv", 642),
        pytest.param("lipo", 4200, marks=pytest.mark.slow),
        pytest.param("bbbp", 2039, marks=pytest.mark.slow),
        pytest.param("bace", 1513, marks=pytest.mark.slow),
    ],
)
@pytest.mark.filterwarnings("ignore:Skipping molecule")  # PyG's own word for what both leave out
def test_moleculenet_is_pygs(shared_data: Path, tmp_path: Path, name: str, graphs: int) -> None:
    ours = whole(get_dataset(name, root=shared_data))
    theirs = MoleculeNet(writable(shared_data, tmp_path, "MoleculeNet", name), name)
    assert len(ours) == len(theirs) == graphs
    expected = PackedGraphs.from_list(
        [Data(edge_index=g.edge_index, num_nodes=g.num_nodes, y=g.y) for g in theirs], {"y": "graph"}
    )
    if ours.fields["y"].dtype == torch.int64:
        expected = expected.with_fields({"y": expected.fields["y"].long()}, {})
    assert counts(ours) == counts(expected)


@pytest.mark.parametrize(("name", "features"), [("mutag", 7), ("enzymes", 21)])
def test_tudataset_is_pygs(shared_data: Path, tmp_path: Path, name: str, features: int) -> None:
    dataset = get_dataset(name, root=shared_data)
    theirs = TUDataset(writable(shared_data, tmp_path, "TUDataset", name.upper()), name.upper(), use_node_attr=True)
    ours = whole(dataset)
    assert (len(ours), dataset.num_features, dataset.num_classes) == (len(theirs), features, theirs.num_classes)
    assert theirs.num_features == features
    assert counts(ours) == Counter((g.num_nodes, g.num_edges, str([int(g.y)])) for g in theirs)


@pytest.mark.parametrize(("name", "title"), [("cora", "Cora"), ("citeseer", "CiteSeer")])
def test_planetoid_is_pygs(shared_data: Path, tmp_path: Path, name: str, title: str) -> None:
    dataset = get_dataset(name, root=shared_data)
    graph = Planetoid(writable(shared_data, tmp_path, "Planetoid", title), title)[0]
    edges = graph.edge_index[:, graph.edge_index[0] != graph.edge_index[1]]
    split = [data.fields for data in dataset.get_splits()]
    true = sum(int(fields["edge_label"].sum()) for fields in split)
    assert true == edges.size(1) // 2
    test = dataset.test[0]
    assert test.num_nodes == graph.num_nodes and torch.equal(test.x, graph.x)
    assert dataset.test.num_edges.item() == 2 * int(split[0]["edge_label"].sum())  # test sees all training edges


@pytest.mark.parametrize(
    "name",
    [
        "esol",
        pytest.param("bbbp", marks=pytest.mark.slow),
        "mutag",
        "citeseer",
        pytest.param("zinc", marks=pytest.mark.slow),
        "csl",
        "digits",
        "lesmiserables",
        "nci",
    ],
)
def test_a_dataset_is_trained_and_reported_as_its_description_says(shared_data: Path, name: str) -> None:
    schema = get_dataset(name, root=shared_data, limit=20).schema
    task = DATASETS[name].task
    assert task is not None
    assert (schema.task_type, schema.loss, schema.metric) == (task.type, task.loss, task.metric)
    assert schema.target_level == task.level


def test_a_feature_is_one_hot_in_all_graphs_or_in_none() -> None:
    graphs = [Data(x=torch.eye(3)), Data(x=torch.tensor([[0.0, 1.0, 0.0]]))]
    number_one_hot(graphs, "x")
    assert [graph.x.flatten().tolist() for graph in graphs] == [[0, 1, 2], [1]]
    mixed = [Data(x=torch.eye(3)), Data(x=torch.tensor([[0.5, 1.0, 0.0]]))]
    number_one_hot(mixed, "x")
    assert torch.equal(mixed[0].x, torch.eye(3))


def test_csl_has_ten_regular_classes_that_only_the_skip_tells_apart() -> None:
    dataset = get_dataset("csl")
    graphs = whole(dataset)
    assert len(graphs) == 150 and [len(part) for part in dataset.get_splits()] == [90, 30, 30]
    assert Counter(graphs.fields["y"].flatten().tolist()) == dict.fromkeys(range(10), 15)
    for graph in graphs[[0, 40, 149]]:
        network = nx.Graph(graph.edge_index.T.tolist())
        assert {degree for _, degree in network.degree} == {4} and network.number_of_nodes() == 41
        skip = SKIPS[int(graph.y)]
        assert nx.is_isomorphic(network, nx.circulant_graph(41, [1, skip]))


def test_digits_are_their_pixels() -> None:
    from sklearn.datasets import load_digits

    dataset = get_dataset("digits")
    assert [len(part) for part in dataset.get_splits()] == [1437, 180, 180]
    first = dataset.train[0]
    mean, std = torch.tensor(dataset.schema.node_mean), torch.tensor(dataset.schema.node_std)
    x = first.x * std + mean
    pixels = torch.zeros(8, 8)
    column, row = (8 * x[:, 1:]).round().long().T
    pixels[7 - row, column] = 16 * x[:, 0]
    images, labels = load_digits(return_X_y=True)
    match = np.abs(images - pixels.round().flatten().numpy()).sum(axis=1).argmin()
    assert np.abs(images[match] - pixels.flatten().numpy()).max() < 1e-3 and labels[match] == int(first.y)
    step = x[first.edge_index[0], 1:] - x[first.edge_index[1], 1:]
    assert (8 * step).abs().max().round() == 1  # neighbours and diagonals alone
    assert first.num_edges == 2 * (2 * 7 * 8 + 2 * 7 * 7)


def test_real_features_are_scaled_by_the_training_split_alone() -> None:
    dataset = get_dataset("digits")
    x = dataset.train.fields["x"]
    torch.testing.assert_close(x.mean(dim=0), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(x.std(dim=0, correction=0), torch.ones(3), atol=1e-4, rtol=0)
    other = get_dataset("digits", split_seed=1)
    assert other.schema.node_mean != dataset.schema.node_mean


def test_lesmiserables_has_knuths_edges() -> None:
    dataset = get_dataset("lesmiserables")
    assert dataset.schema.class_counts == {"train": (178, 178), "val": (25, 25), "test": (51, 51)}
    assert dataset.node_features == "none" and dataset.schema.max_nodes == 77


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
    assert sorted(whole(dataset).num_nodes.tolist()) == sorted(sizes)


def test_pubmed_is_read_from_planetoids_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    import pickle

    from scipy.sparse import csr_matrix

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


def hiv(folder: Path) -> None:
    raw = folder / "MoleculeNet" / "hiv" / "raw"
    raw.mkdir(parents=True)
    rows = [f"{'C' * (1 + n % 9)}{'O' if n % 3 else 'N'},CI,{int(n % 4 == 0)}\n\n" for n in range(60)]
    (raw / "HIV.csv").write_text("smiles,activity,HIV_active\n" + "".join(rows))


def test_hiv_is_read_from_its_own_format_with_empty_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    hiv(tmp_path)
    dataset = get_dataset("hiv", root=tmp_path, split="random")
    assert sum(map(len, dataset.get_splits())) == 60
    assert sum(sum(shares) for shares in dataset.schema.class_counts.values()) == 60
    assert dataset.schema.metric == "roc_auc" and dataset.num_classes == 2


@pytest.mark.parametrize(
    ("name", "write", "file"),
    [("peptides-func", peptides, "LRGBDataset/peptides-func/raw/val.pt"), ("hiv", hiv, "MoleculeNet/hiv/raw/HIV.csv")],
)
def test_a_damaged_raw_file_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[Path], None], file: str
) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    write(tmp_path)
    (tmp_path / file).write_bytes(b"\xff\xfenothing")
    with pytest.raises(MspeError) as raised:
        get_dataset(name, root=tmp_path)
    assert "\n" not in str(raised.value) and str(tmp_path) in str(raised.value)


def test_every_source_describes_itself_and_stands_in_the_readme() -> None:
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `")]
    for source in list_datasets():
        assert all((source.graphs, source.target, source.origin, source.licence, source.citation, source.splits))
        row = next(line for line in rows if line.startswith(f"| `{source.name}`"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells == [
            f"`{source.name}`",
            source.graphs,
            source.target,
            source.task.type.replace("_", " ") if source.task else "by the target",
            source.metric.replace("_", " "),
            ", ".join(source.splits),
            f"{source.origin}; {source.licence}",
        ], f"README's row of {source.name}"
    embedded = [f"`{source.name}`" for source in list_datasets() if source.embedded]
    assert f"{', '.join(embedded[:-1])} and {embedded[-1]} need no download" in (ROOT / "README.md").read_text()
    table = re.findall(r"\| `([a-z-]+)` \|(?: [^|]+ \|){5} [^|]+; [^|]+ \|", "\n".join(rows))
    assert set(table) == {source.name for source in list_datasets()}
