"""The user's own graphs: what stands in the files is what comes out, and every mistake is one line."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import GraphDataset, get_dataset
from mspe.dataset.config import DatasetParams
from mspe.dataset.sources.graphs import read
from mspe.dataset.spec import Samples
from tests.conftest import ROOT, cycle, graph


def load(folder: Path, **options: object) -> GraphDataset:
    return get_dataset("graphs", path=str(folder), **options)


def raw(folder: Path, **options: object) -> Samples:
    return read(DatasetParams(name="graphs", path=str(folder), **options))  # type: ignore[arg-type]


def check_refused(folder: Path, match: str, **options: object) -> None:
    with pytest.raises(MspeError, match=match) as raised:
        load(folder, **options)
    assert "\n" not in str(raised.value)


def collection(count: int = 20) -> list[Data]:
    """Rings with real node features, real edge features, weights, and as target how many nodes there are."""
    graphs = []
    for number in range(count):
        ring = cycle(3 + number)
        ring.x = torch.arange(2.0 * ring.num_nodes).reshape(-1, 2) + number
        ring.edge_attr = torch.arange(float(ring.num_edges))
        ring.edge_weight = torch.full((ring.num_edges, 1), 0.5 + number)
        ring.y = torch.tensor([[float(ring.num_nodes)]])
        graphs.append(ring)
    return graphs


def save(folder: Path, graphs: Sequence[Data] | Data, name: str = "graphs.pt") -> Path:
    torch.save(graphs, folder / name)
    return folder


def write(folder: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_the_examples_load() -> None:
    molecules = get_dataset("smiles", path=str(ROOT / "examples" / "molecules.csv"))
    assert (molecules.task_type, molecules.schema.counts) == ("regression", {"train": 32, "val": 4, "test": 4})
    shapes = load(ROOT / "examples" / "graphs")
    assert (shapes.schema.classes, shapes.schema.counts) == (("chain", "ring"), {"train": 16, "val": 2, "test": 2})
    assert all(min(counts) > 0 for counts in shapes.schema.class_counts.values())
    for shape in shapes.train:
        degrees = torch.bincount(shape.edge_index[0])
        assert int(shape.y) == int((degrees == 2).all())  # a ring has no end


def test_the_molecules_targets_are_their_logp() -> None:
    from rdkit import Chem
    from rdkit.Chem import Crippen

    rows = [line.split(",") for line in (ROOT / "examples" / "molecules.csv").read_text().split()[1:]]
    for smiles, target in rows:
        logp = Crippen.MolLogP(Chem.MolFromSmiles(smiles))  # type: ignore[attr-defined]
        assert float(target) == pytest.approx(logp, abs=6e-4)


def test_saved_graphs_come_back_as_they_were(tmp_path: Path) -> None:
    graphs = collection()
    found = raw(save(tmp_path, graphs))
    assert (
        found.task is not None
        and found.task.type == "regression"
        and found.predefined_split is None
        and not found.dropped
    )
    for ours, theirs in zip(found.items, graphs, strict=True):
        assert torch.equal(ours.x, theirs.x) and torch.equal(ours.edge_index, theirs.edge_index)
        assert torch.equal(ours.edge_attr, theirs.edge_attr[:, None])
        assert torch.equal(ours.edge_weight, theirs.edge_weight[:, 0]) and torch.equal(ours.y, theirs.y)
    dataset = load(tmp_path)
    assert dataset.schema.counts == {"train": 16, "val": 2, "test": 2}
    assert (dataset.node_features, dataset.num_features, dataset.num_edge_features) == ("real", 2, 1)
    sizes = torch.cat([split.num_nodes for split in dataset.get_splits()])
    targets = torch.cat([split.fields["y"].flatten() for split in dataset.get_splits()])
    assert torch.equal(sizes.float(), targets) and sorted(sizes.tolist()) == list(range(3, 23))


def test_other_attributes_are_left_aside_and_integers_are_categories(tmp_path: Path) -> None:
    graphs = [cycle(3 + n) for n in range(12)]
    for number, ring in enumerate(graphs):
        ring.x = torch.arange(ring.num_nodes) % 2 == 0
        ring.edge_attr = torch.full((ring.num_edges, 2), 7, dtype=torch.uint8)
        ring.name, ring.y, ring.mapping_index = f"ring {number}", float(number), torch.zeros(5)
    dataset = load(save(tmp_path, tuple(graphs)))
    assert (dataset.node_features, dataset.edge_features) == ("categorical", "categorical")
    assert dataset.schema.node_vocabularies == ((0, 1),) and dataset.schema.edge_vocabularies == ((7,), (7,))
    assert set(dataset.train.fields) == {"x", "edge_attr", "y", "feature_key"}


def test_the_number_of_nodes_is_found_where_there_are_no_features(tmp_path: Path) -> None:
    save(tmp_path, [Data(edge_index=torch.tensor([[0], [n + 1]]), y=n % 2) for n in range(6)], "a.pt")
    save(tmp_path, [Data(edge_index=torch.empty(2, 0), num_nodes=n + 1, y=n % 2) for n in range(6)], "b.pt")
    assert [item.num_nodes for item in raw(tmp_path).items] == [2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6]


def test_classes_are_numbered_and_keep_their_names(tmp_path: Path) -> None:
    graphs = collection(40)
    for number, ring in enumerate(graphs):
        ring.y = torch.tensor([(7, -1, 40)[number % 3]])
    found = raw(save(tmp_path, graphs))
    assert found.classes == ("-1", "7", "40") and found.labels == [(1, 0, 2)[n % 3] for n in range(40)]
    assert [item.y.tolist() for item in found.items[:3]] == [[[1]], [[0]], [[2]]]
    dataset = load(tmp_path, split="stratified")
    assert (dataset.schema.loss, dataset.schema.metric) == ("cross_entropy", "accuracy")
    assert all(min(counts) > 0 for counts in dataset.schema.class_counts.values())


def test_several_columns_of_zeros_and_ones_are_labels_that_may_hold_at_once(tmp_path: Path) -> None:
    graphs = collection()
    for number, ring in enumerate(graphs):
        ring.y = torch.tensor([[number % 2, number > 4, number % 3 == 0]])
    dataset = load(save(tmp_path, graphs))
    assert (dataset.schema.loss, dataset.num_classes) == ("bce_logits", 3)
    for ring in graphs:
        ring.y = ring.y.float()
    graphs[1].y[0, 2] = torch.nan
    assert load(save(tmp_path, graphs)).schema.loss == "bce_logits"
    assert load(tmp_path, task="regression").task_type == "regression"
    assert raw(tmp_path).items[1].y[0].isnan().tolist() == [False, False, True]


def test_the_task_that_is_asked_for_wins(tmp_path: Path) -> None:
    graphs = collection()
    for number, ring in enumerate(graphs):
        ring.y = number % 2
    folder = save(tmp_path, graphs)
    assert load(folder).schema.metric == "roc_auc"
    assert load(folder, task="regression").train.fields["y"].dtype == torch.float32
    check_refused(folder, "20 graphs and dataset.task=edge_prediction; give targets", task="edge_prediction")
    graphs[3].y = 0.5
    check_refused(
        save(tmp_path, graphs), r"y holds 0.5, allowed for classification: whole numbers; set", task="classification"
    )
    for ring in graphs:
        ring.y = torch.tensor([[1, 2]])
    check_refused(
        save(tmp_path, graphs), "y holds 2, allowed for classification: 0 or 1 in each", task="classification"
    )


def test_targets_of_nodes(tmp_path: Path) -> None:
    graphs = collection()
    for ring in graphs:
        ring.y = torch.arange(ring.num_nodes) % 3 + 5
    dataset = load(save(tmp_path, graphs))
    assert (dataset.schema.target_level, dataset.schema.classes) == ("node", ("5", "6", "7"))
    for ring in dataset.val:
        assert torch.equal(ring.y.flatten(), torch.arange(ring.num_nodes) % 3)
    check_refused(tmp_path, "got 'stratified', which needs one class a graph", split="stratified")
    single = [graph(1, []) for _ in range(12)]
    for number, point in enumerate(single):
        point.y = torch.tensor([float(number)])
    assert load(save(tmp_path, single)).schema.target_level == "graph"


def test_one_graph_without_targets_is_asked_for_its_edges(tmp_path: Path) -> None:
    ring = cycle(40)
    ring.x = torch.eye(40)
    dataset = load(save(tmp_path, ring))
    assert (dataset.task_type, dataset.schema.target_level) == ("edge_prediction", "edge")
    whole = {tuple(pair) for pair in ring.edge_index.T.tolist()}
    held_out = set()
    for split in dataset.get_splits():
        for view in split:
            visible = {tuple(pair) for pair in view.edge_index.T.tolist()}
            asked = {tuple(pair) for pair in view.edge_label_index[:, view.edge_label == 1].T.tolist()}
            none = {tuple(pair) for pair in view.edge_label_index[:, view.edge_label == 0].T.tolist()}
            assert visible < whole and asked <= whole and not none & whole
            assert not visible & (asked | {(j, i) for i, j in asked})
            held_out |= set() if split is dataset.train else asked
    for split in dataset.get_splits():
        visible = {tuple(pair) for view in split for pair in view.edge_index.T.tolist()}
        assert not visible & (held_out | {(j, i) for i, j in held_out})
    assert torch.equal(load(tmp_path, split="random").test.edge_index, dataset.test.edge_index)
    check_refused(tmp_path, "got 'stratified', which needs one class a graph", split="stratified")
    check_refused(tmp_path, "dataset.task is regression, but the graph has no targets", task="regression")
    ring.y = torch.arange(40) % 4
    assert load(save(tmp_path, ring), task="edge_prediction").task_type == "edge_prediction"
    assert "y" not in load(tmp_path, task="edge_prediction").train.fields


def test_files_of_the_split_are_the_split(tmp_path: Path) -> None:
    graphs = collection()
    for name, part in (("train", graphs[5:]), ("val", graphs[:2]), ("test", graphs[2:5])):
        save(tmp_path, part, f"{name}.pt")
    dataset = load(tmp_path)
    assert [split.num_nodes.tolist() for split in dataset.get_splits()] == [list(range(8, 23)), [3, 4], [5, 6, 7]]
    assert sorted(load(tmp_path, split="random").test.num_nodes.tolist()) != [5, 6, 7]
    graphs[0].x[0, 0], graphs[1].x[0, 0] = torch.nan, torch.inf
    save(tmp_path, graphs[:2], "val.pt")
    counts = load(tmp_path).schema.counts
    assert counts == {"train": 13, "val": 2, "test": 3, "dropped_feature_not_finite": 2}
    save(tmp_path, collection(2), "more.pt")
    check_refused(tmp_path, "more.pt: which part of the split is it, beside test.pt?")
    assert sum(map(len, load(tmp_path, split="random").get_splits())) == 20


@pytest.mark.parametrize(
    "names",
    [
        ("train.pt", "valid.pt", "test.pt"),
        ("Train.pt", "Val.PT", "TEST.pt"),
        ("x_train.pt", "x_validation.pt", "x_test.pt"),
        ("training.pt", "dev.pt", "testing.pt"),
        ("mol-train-0.pt", "mol-val-0.pt", "mol-test-0.pt"),
        ("trainSet.pt", "valSet.pt", "testSet.pt"),
    ],
)
def test_names_that_mean_a_split_are_its_parts(tmp_path: Path, names: tuple[str, str, str]) -> None:
    graphs = collection()
    for name, part in zip(names, (graphs[5:], graphs[:2], graphs[2:5]), strict=True):
        save(tmp_path, part, name)
    assert [split.num_nodes.tolist() for split in load(tmp_path).get_splits()] == [
        list(range(8, 23)),
        [3, 4],
        [5, 6, 7],
    ]


def test_without_validation_it_is_cut_from_train_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    graphs = collection()
    save(tmp_path, graphs[2:], "train.pt")
    save(tmp_path, graphs[:2], "test.pt")
    dataset = load(tmp_path)
    assert dataset.test.num_nodes.tolist() == [3, 4] and [len(part) for part in dataset.get_splits()] == [16, 2, 2]
    assert "no samples for validation are given; 2 of the 18 for train are taken" in caplog.text


def test_half_a_split_is_not_pooled(tmp_path: Path) -> None:
    save(tmp_path, collection(), "train.pt")
    save(tmp_path, collection(), "val.pt")
    check_refused(tmp_path, "there is no file for test")


def test_a_file_that_would_run_code_is_refused_and_does_not_run_it(tmp_path: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "ran"),)

    torch.save([*collection(3), Payload()], tmp_path / "graphs.pt")
    check_refused(
        tmp_path, r"graphs\.pt: cannot be read safely \(holds posix\.mkdir, which may run code\); save PyG Data"
    )
    graphs = collection(3)
    graphs[1].extra = Payload()
    torch.save(graphs, tmp_path / "graphs.pt")
    check_refused(tmp_path, "cannot be read safely")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ({"x": torch.ones(2)}, "holds a dict, allowed: a PyG Data, or a list of them"),
        ([Data(), torch.ones(2)], "holds a Tensor, allowed"),
        ([], "holds an empty list"),
        ([Data(x=torch.ones(2, 1), y=1.0)], r"no usable graph \(1 no edge index\)"),
    ],
    ids=["dictionary", "tensor", "empty", "no edges"],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: object, match: str) -> None:
    torch.save(content, tmp_path / "graphs.pt")
    check_refused(tmp_path, match)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    whole = (save(tmp_path, collection()) / "graphs.pt").read_bytes()
    for damaged in (b"", b"no archive", whole[:200], whole[:-20]):
        (tmp_path / "graphs.pt").write_bytes(damaged)
        check_refused(
            tmp_path, r"graphs\.pt: cannot be read safely \(damaged, or not written by torch\.save\); save PyG Data"
        )


WRONG = {
    "no nodes": ({"x": torch.empty(0, 2), "edge_index": torch.empty(2, 0)}, "no nodes: 0 nodes"),
    "index": ({"edge_index": torch.tensor([[0], [99]])}, "node index out of range: 0 to 99 among 3 nodes"),
    "negative index": ({"edge_index": torch.tensor([[0], [-1]])}, "node index out of range: -1 to 0"),
    "real index": ({"edge_index": torch.zeros(2, 6)}, r"no edge index: edge_index is torch.float32 of shape \[2, 6\]"),
    "NaN": ({"x": torch.full((3, 2), torch.nan)}, "feature not finite: x holds NaN"),
    "too large": ({"x": torch.full((3, 2), 1e200, dtype=torch.float64)}, "feature not finite: x holds NaN"),
    "rows of edges": (
        {"edge_attr": torch.zeros(5, 1)},
        r"wrong number of rows: edge_attr of shape \[5, 1\] for 6 rows",
    ),
    "weights": ({"edge_weight": torch.zeros(6, 2)}, r"wrong number of rows: edge_weight of shape \[6, 2\]"),
    "negative weight": ({"edge_weight": torch.full((6,), -1.0)}, "negative weight: -1"),
    "no target": ({"y": None}, "no target: no y"),
    "unknown target": ({"y": torch.nan}, "no target: y holds NaN alone"),
    "infinite target": ({"y": torch.inf}, "target not finite: y holds infinity"),
    "wide target": ({"y": torch.zeros(1, 2)}, "target of another width: 2 instead of 1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_graph_that_cannot_be_used_is_left_out_or_refused(tmp_path: Path, case: str) -> None:
    attributes, match = WRONG[case]
    graphs = collection()
    graphs[0].update(attributes)
    dataset = load(save(tmp_path, graphs))
    assert dataset.schema.counts[f"dropped_{match.split(':')[0].replace(' ', '_')}"] == 1
    assert sum(len(split) for split in dataset.get_splits()) == 19
    check_refused(tmp_path, rf"graphs\.pt, graph 0: {match}.*dataset.strict=false", strict=True)


@pytest.mark.parametrize(
    ("attributes", "match"),
    [
        ({"x": torch.zeros(4, 3)}, r"graph 1: x has rows of 3 real numbers, but graph 0 of graphs\.pt has rows of 2"),
        ({"x": torch.zeros(4, 2).long()}, "graph 1: x has rows of 2 whole numbers, but graph 0 of .* 2 real numbers"),
        ({"edge_attr": None}, "graph 1: edge_attr has no values, but graph 0 of .* has rows of 1 real numbers"),
        (
            {"x": torch.zeros(4, 2, dtype=torch.complex64)},
            "graph 1: x is strided torch.complex64 of shape .* convert it",
        ),
        ({"x": torch.eye(4).to_sparse()}, "graph 1: x is sparse_coo torch.float32"),
        ({"x": ["C", "N", "O", "O"]}, "graph 1: x is list, allowed: a dense tensor"),
        ({"y": "high"}, "graph 1: y is str, allowed"),
        ({"x": torch.zeros(4, 1, 2)}, r"graph 1: x has shape \[4, 1, 2\], allowed: \[rows\] or \[rows, columns\]"),
        ({"x": torch.zeros(1, 1).expand(4, 2)}, "graph 1: x is .* no view of fewer; convert it, or save a clone"),
    ],
    ids=["width", "kind", "absent", "complex", "sparse", "list", "text", "dimensions", "expanded"],
)
def test_features_that_no_model_can_take_are_refused(tmp_path: Path, attributes: dict, match: str) -> None:
    graphs = collection()
    graphs[1].update(attributes)
    check_refused(save(tmp_path, graphs), match)


def test_targets_of_no_one_width_are_refused(tmp_path: Path) -> None:
    graphs = collection()
    for ring in graphs:
        ring.y = torch.zeros(ring.num_nodes)
    graphs[4].y = torch.zeros(2)
    check_refused(
        save(tmp_path, graphs), "y has .* numbers in graph .*; give one row a node in every graph, or as many"
    )


def test_a_folder_without_graphs_is_refused(tmp_path: Path) -> None:
    check_refused(tmp_path / "nowhere", "nowhere: no such folder; set dataset.path to a folder")
    check_refused(tmp_path, r"neither \*\.pt files nor edges\.csv, but nothing")
    (tmp_path / "notes.txt").write_text("")
    check_refused(tmp_path, r"but notes\.txt; put one of these there")
    write(tmp_path, edges="")
    check_refused(tmp_path, r"edges\.csv: no rows under the header")
    write(tmp_path, edges="source,target\n")
    check_refused(tmp_path, r"edges\.csv: no rows under the header")
    save(tmp_path, collection())
    check_refused(tmp_path, r"holds both graphs\.pt and edges\.csv")
    for options in ({}, {"strict": True}):
        (tmp_path / "edges.csv").unlink(missing_ok=True)
        save(tmp_path, Data(edge_index=torch.empty(2, 0)))
        check_refused(tmp_path, r"no usable graph \(1 no nodes\)|graph 0: no nodes", **options)


def tables(count: int = 12) -> dict[str, list[str]]:
    """Chains, whose nodes are called as in every other chain, with a split column."""
    parts = ["train"] * (count - 4) + ["val", "val", "test", "test"]
    rows = {
        "edges": ["graph,source,target,weight,bond"],
        "nodes": ["graph,node,element,mass"],
        "graphs": ["graph,target"],
    }
    rows["graphs"][0] += ",split"
    for number, part in enumerate(parts):
        name = f"chain {number}"
        rows["graphs"].append(f"{name},{number / 2},{part}")
        for node in range(number + 2):
            rows["nodes"].append(f"{name},n{node},{'CNO'[node % 3]},{12.5 + node}")
            rows["edges"] += [f"{name},n{node},n{node - 1},{node / 4},{'double' if node % 2 else 'single'}"] * (
                node > 0
            )
    return rows


def put(folder: Path, rows: dict[str, list[str]]) -> Path:
    return write(folder, **{name: "\n".join(lines) + "\n" for name, lines in rows.items()})


def test_tables_come_back_as_they_were(tmp_path: Path) -> None:
    found = raw(put(tmp_path, tables()))
    assert found.predefined_split == (list(range(8)), [8, 9], [10, 11]) and found.dropped == {}
    third = found.items[1]
    assert third.x.tolist() == [[1, 0, 0, 12.5], [0, 1, 0, 13.5], [0, 0, 1, 14.5]]
    assert third.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert third.edge_attr.tolist() == [[0], [0], [1], [1]]  # double, single
    assert third.edge_weight.tolist() == [0.25, 0.25, 0.5, 0.5] and third.y.tolist() == [[0.5]]
    dataset = load(tmp_path)
    assert (dataset.task_type, dataset.num_features, dataset.schema.edge_features) == ("regression", 4, "categorical")
    assert dataset.test.num_nodes.tolist() == [12, 13]
    assert sum(len(split) for split in load(tmp_path, split="random").get_splits()) == 12


def test_text_and_whole_numbers_are_categories(tmp_path: Path) -> None:
    rows = tables()
    rows["nodes"] = [line.replace(".5", "") for line in rows["nodes"]]
    found = raw(put(tmp_path, rows))
    assert found.items[1].x.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert found.items[1].x.dtype == torch.long


def test_targets_that_stand_in_the_table_of_nodes(tmp_path: Path) -> None:
    rows = tables()
    del rows["graphs"]
    dataset = load(put(tmp_path, rows), target_columns=["element"])
    assert (dataset.schema.target_level, dataset.schema.classes) == ("node", ("C", "N", "O"))
    assert dataset.num_features == 1
    for chain in dataset.val:
        assert torch.equal(chain.y.flatten(), torch.arange(chain.num_nodes) % 3)
    given = raw(put(tmp_path, tables()), target_columns=("mass",))
    assert given.predefined_split == (list(range(8)), [8, 9], [10, 11]) and given.items[0].y.tolist() == [
        [12.5],
        [13.5],
    ]
    rows["nodes"][1] = "chain 0,n0,,12.5"
    (tmp_path / "graphs.csv").unlink()
    check_refused(
        put(tmp_path, rows), "target 'element' is empty 1 times, but a single label", target_columns=["element"]
    )


def test_edges_alone_are_one_graph(tmp_path: Path) -> None:
    ring = [f"Ann {i},Ann {(i + 1) % 20}" for i in range(20)]
    write(tmp_path, edges="\n".join(["source,target", *ring, "Ann 1,Ann 0", "Ann 3,Ann 3"]))
    dataset = load(tmp_path)
    assert dataset.task_type == "edge_prediction" and dataset.train.num_nodes.tolist() == [20] * 5
    assert sum(int(split.fields["edge_label"].sum()) for split in dataset.get_splits()) == 20
    write(tmp_path, edges="source,target\na,b\nb,c\n")
    check_refused(tmp_path, "the graph has 2 edges, too few to hide some")
    check_refused(
        tmp_path, "target_columns names y, but neither graphs.csv nor nodes.csv has all", target_columns=["y"]
    )
    write(tmp_path, edges="graph,source,target\n1,a,b\n2,b,c\n")
    check_refused(tmp_path, r"2 graphs and no targets; give targets \(of tables: dataset\.target_columns\)")


@pytest.mark.parametrize(
    ("table", "row", "match"),
    [
        ("edges", "chain 1,n0,n99,1,single", "unknown node: 'n99'"),
        ("edges", "chain 99,n0,n1,1,single", "unknown graph: 'chain 99'"),
        ("edges", "chain 1,n0,n1", "wrong number of cells: 3 instead of 5"),
        ("edges", "chain 1,n0,n1,inf,single", "weight not finite or negative: 'inf'"),
        ("edges", "chain 1,n0,n1,-1,single", "weight not finite or negative: '-1'"),
        ("edges", "chain 1,,n1,1,single", "no name: "),
        ("nodes", "chain 1,n0,C,1.5", "repeated node: 'n0'"),
        ("nodes", "chain 99,n0,C,1.5", "unknown graph: 'chain 99'"),
        ("nodes", "chain 1,n9,C,nan", "feature not finite: 'nan'"),
        ("nodes", "chain 1,n9,C,1e999", "feature not finite: '1e999'"),
        ("nodes", "chain 1,n9,C,", "missing number: cell 4 is empty"),
        ("nodes", "chain 1,n9,C,1,2", "wrong number of cells: 5 instead of 4"),
        ("graphs", "chain 1,5,val", "repeated graph: 'chain 1'"),
        ("graphs", "chain 77,5,val", "graph without nodes: 'chain 77'"),
        ("graphs", "chain 77,inf,val", "target not finite: inf"),
        ("graphs", "chain 77,,val", "no target: 'chain 77'"),
        ("graphs", "chain 77,5,spare", "unknown split: 'spare', allowed: train, val, test"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_or_refused(tmp_path: Path, table: str, row: str, match: str) -> None:
    rows = tables()
    before = raw(put(tmp_path, rows))
    rows[table].append(row)
    after = raw(put(tmp_path, rows))
    assert after.dropped == {f"dropped_{match.split(':', maxsplit=1)[0].replace(' ', '_')}": 1}
    for ours, theirs in zip(after.items, before.items, strict=True):
        assert all(
            torch.equal(ours[name], theirs[name]) for name in ("x", "edge_index", "edge_attr", "edge_weight", "y")
        )
    check_refused(tmp_path, rf"{table}\.csv: line {len(rows[table])}: {match}.*correct it", strict=True)


def test_a_graph_that_is_left_out_takes_its_rows_along(tmp_path: Path) -> None:
    rows = tables()
    rows["graphs"][1] = "chain 0,nan,train"
    found = raw(put(tmp_path, rows))
    assert found.dropped == {"dropped_target_not_finite": 1} and len(found.items) == 11


@pytest.mark.parametrize(
    ("table", "header", "match"),
    [
        ("edges", "graph,from,target,weight,bond", r"edges\.csv: no column 'source'; its columns are graph, from"),
        ("nodes", "graph,name,element,mass", r"nodes\.csv: no column 'node'"),
        ("nodes", "which,node,element,mass", r"nodes\.csv: no column 'graph', which graphs\.csv has"),
        ("graphs", "graph,logp,melting", r"graphs\.csv: which column is the target\? Set dataset\.target_columns"),
        ("graphs", "graph,target,target", "duplicate column 'target'"),
    ],
)
def test_a_missing_column_is_named(tmp_path: Path, table: str, header: str, match: str) -> None:
    rows = tables()
    rows[table][0] = header
    check_refused(put(tmp_path, rows), match)
