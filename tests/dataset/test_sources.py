"""Every source: against PyG's own reader where the raw files are at hand, else on a small file of its format."""

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.datasets import MoleculeNet

from mspe.common.errors import MspeError
from mspe.dataset import DATASETS, GraphDataset, get_dataset, list_datasets
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


def hiv(folder: Path) -> None:
    raw = folder / "MoleculeNet" / "hiv" / "raw"
    raw.mkdir(parents=True)
    rows = [f"{'C' * (1 + n % 9)}{'O' if n % 3 else 'N'},CI,{int(n % 4 == 0)}\n\n" for n in range(60)]
    (raw / "HIV.csv").write_text("smiles,activity,HIV_active\n" + "".join(rows))


def test_hiv_is_read_from_its_own_format_with_empty_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    hiv(tmp_path)
    dataset = get_dataset("hiv", root=tmp_path, split="stratified")
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
