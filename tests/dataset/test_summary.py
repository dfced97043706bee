"""The lines that preprocess ends with: used + left out = rows, the task, the classes, the features and the split."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from tests.conftest import cycle

MOLECULES = [f"{'C' * length}{end}" for length in range(1, 11) for end in ("", "O", "N", "Cl")]


def write(folder: Path, cells: list[str], parts: list[str] | None = None) -> str:
    path = folder / "assay.csv"
    parts = parts or (["train"] * 28 + ["val"] * 6 + ["test"] * 6)
    rows = [f"{m},{cell},note,{part}" for m, cell, part in zip(MOLECULES, cells, parts, strict=True)]
    path.write_text("\n".join(["smiles,label,remark,Split", *rows]) + "\n")
    return str(path)


def test_classes_rows_and_columns_are_named(tmp_path: Path) -> None:
    cells = [("inactive", "Active", "inactive", "n.d.")[i % 4] for i in range(40)]
    path = write(tmp_path, cells)
    summary = get_dataset("smiles", path=path, target_columns=["label"]).summary
    assert summary[1].startswith(f"{path}: 40 rows read = 30 used + 10 left out (10 no target: line 5 ('CCl': 'n.d.')")
    assert summary[2].startswith("task: single_label per graph, since there is one column of words, of 0 and 1, or ")
    assert summary[3:] == (
        "classes: inactive 14/3/3, Active (positive) 7/2/1 (samples of train, val, test)",
        "node features: categorical; edge features: categorical; not used: column 'remark'",
        "split: given by column 'Split' of assay.csv (train, val, test)",
    )


def test_a_dataset_of_the_library_says_how_it_is_defined() -> None:
    summary = get_dataset("nci", limit=20).summary
    assert summary[1] == "task: regression per graph, as the dataset defines it; metric mae"
    assert summary[-1].startswith("split: random, drawn by dataset.split_seed=0; at most 20 graphs a part")


def test_a_split_without_a_class_is_refused_where_the_metric_needs_both(tmp_path: Path) -> None:
    cells = [("yes", "no")[i % 2] if i < 28 or i > 33 else "no" for i in range(40)]
    with pytest.raises(
        MspeError, match="roc_auc is not defined on the val split, which has 6 samples of class 'no' and"
    ):
        get_dataset("smiles", path=write(tmp_path, cells), target_columns=["label"])
    get_dataset("smiles", path=write(tmp_path, cells), target_columns=["label"], split="stratified")


def test_attributes_that_are_not_used_are_named(tmp_path: Path) -> None:
    graphs = [Data(pos=torch.rand(graph.num_nodes, 3), name="ring", **graph.to_dict()) for graph in rings([[0.5]] * 40)]
    for number, graph in enumerate(graphs):
        graph.y = torch.tensor([float(number)])
    torch.save(graphs, tmp_path / "graphs.pt")
    assert "; not used: attribute 'pos', attribute 'name'" in get_dataset("graphs", path=str(tmp_path)).summary[-2]
    torch.save(Data(edge_index=cycle(40).edge_index, colour="red"), tmp_path / "graphs.pt")
    summary = get_dataset("graphs", path=str(tmp_path)).summary
    assert summary[1] == f"{tmp_path}: 1 graphs read = 1 used + 0 left out" and "attribute 'colour'" in summary[-2]


def test_columns_of_nodes_and_edges_are_named(tmp_path: Path) -> None:
    parts = [(f"g{n}", [f"n{i}" for i in range(n % 3 + 3)]) for n in range(40)]
    edges = [f"{g},{a},{b},{n % 2},x" for n, (g, nodes) in enumerate(parts) for a, b in pairwise(nodes)]
    tables = {
        "graphs": ["graph,mass,remark", *(f"{g},{n / 2},ok" for n, (g, _) in enumerate(parts))],
        "nodes": ["graph,node,colour,mass", *(f"{g},{node},red,1" for g, nodes in parts for node in nodes)],
        "edges": ["graph,source,target,bond,", *edges, "g0,n1,n0,1,x"],
    }
    for name, lines in tables.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    summary = get_dataset("graphs", path=str(tmp_path), target_columns="mass").summary
    rows = f"{len(edges) + 1} rows read = {len(edges)} used + 0 left out + 1 repeats of an edge"
    assert f"{tmp_path}/edges.csv: {rows}" in summary
    assert summary[-2] == (
        "node features (colour): categorical; edge features (bond, one without a name): categorical; "
        "not used: column 'remark' of graphs.csv, column 'mass' of nodes.csv"
    )


def rings(labels: list[list[int]]) -> list[Data]:
    return [Data(y=torch.tensor(label), **cycle(3 + number % 3).to_dict()) for number, label in enumerate(labels)]


@pytest.mark.parametrize("mark", [-1, -100])
def test_graphs_of_no_label_are_left_out(tmp_path: Path, mark: int) -> None:
    torch.save(rings([[(0, 1, 2, mark)[i % 4]] for i in range(40)]), tmp_path / "graphs.pt")
    dataset = get_dataset("graphs", path=str(tmp_path))
    assert dataset.schema.classes == ("0", "1", "2") and dataset.schema.counts["dropped_no_target"] == 10
    assert dataset.train.fields["y"].dtype == torch.long
    assert dataset.summary[1].startswith(f"{tmp_path}: 40 graphs read = 30 used + 10 left out (10 no target: ")


def test_nodes_of_no_label_count_for_nothing(tmp_path: Path) -> None:
    labels = [[(-1, 0, 1, 2, 0)[(node + ring) % 5] for node in range(3 + ring % 3)] for ring in range(40)]
    torch.save(rings(labels), tmp_path / "graphs.pt")
    dataset = get_dataset("graphs", path=str(tmp_path))
    known = sum(label >= 0 for ring in labels for label in ring)
    assert (dataset.schema.target_level, dataset.num_classes) == ("node", 3)
    assert sum(map(sum, dataset.schema.class_counts.values())) == known
    assert sum(int(split.fields["y"].isnan().sum()) for split in dataset.get_splits()) == sum(map(len, labels)) - known


def test_labels_that_are_numbers_keep_minus_one(tmp_path: Path) -> None:
    torch.save(rings([[(0, 1, 2, -1)[i % 4]] for i in range(40)]), tmp_path / "graphs.pt")
    assert sum(map(len, get_dataset("graphs", path=str(tmp_path), task="regression").get_splits())) == 40
