"""The user's own graphs: what stands in the files is what comes out, and every mistake is one line."""

from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_smiles

from mspe.dataset import get_dataset
from tests.conftest import ROOT, cycle
from tests.dataset.own.fixtures import check_refused, collection, load, raw, save


def test_whole_numbers_that_all_differ_are_no_classes(tmp_path: Path) -> None:
    graphs = [cycle(3 + number) for number in range(20)]
    for number, graph in enumerate(graphs):
        graph.y = torch.tensor([number])
    check_refused(save(tmp_path, graphs), "the target has 20 values in 20 samples .* set dataset.task=regression")
    assert load(tmp_path, task="regression").task_type == "regression"


def test_an_attribute_that_holds_parts_of_a_split_is_not_left_aside(tmp_path: Path) -> None:
    graphs = collection()
    for number, graph in enumerate(graphs):
        graph.part = "Train" if number < 15 else "TEST"
    check_refused(
        save(tmp_path, graphs), "attribute 'part' of the graphs holds parts of a split.*save train.pt, val.pt"
    )
    assert "attribute 'part'" in load(tmp_path, split="random").summary[-2]


def test_labels_of_which_each_sample_has_one_may_be_classes_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    graphs = [cycle(3 + number % 5) for number in range(60)]
    for number, graph in enumerate(graphs):
        graph.y = torch.eye(3)[[number * 7 % 3]]
    assert load(save(tmp_path, graphs)).schema.loss == "bce_logits"
    assert "of 3 labels each sample has exactly one; are they classes?" in caplog.text


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
    assert load(folder, split="stratified").schema.metric == "roc_auc"
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
        ({"x": torch.zeros(4, 3)}, "other features: x has rows of 3 real numbers instead of rows of 2 real numbers"),
        ({"x": torch.zeros(4, 2).long()}, "other features: x has rows of 2 whole numbers instead of rows of 2 real"),
        ({"edge_attr": None}, "other features: edge_attr has no values instead of rows of 1 real numbers"),
        (
            {"x": torch.zeros(4, 2, dtype=torch.complex64)},
            "unreadable attribute: x is strided torch.complex64 of shape",
        ),
        ({"x": torch.eye(4).to_sparse()}, "unreadable attribute: x is sparse_coo torch.float32"),
        ({"x": ["C", "N", "O", "O"]}, "unreadable attribute: x is list, allowed: a dense tensor"),
        ({"y": "high"}, "unreadable attribute: y is str, allowed"),
        ({"x": torch.zeros(4, 1, 2)}, r"unreadable attribute: x has shape \[4, 1, 2\], allowed: \[rows\] or \[rows, c"),
        ({"x": torch.zeros(1, 1).expand(4, 2)}, "unreadable attribute: x is .* no view of fewer"),
    ],
    ids=["width", "kind", "absent", "complex", "sparse", "list", "text", "dimensions", "expanded"],
)
def test_features_that_no_model_can_take_refuse_their_graph_alone(tmp_path: Path, attributes: dict, match: str) -> None:
    graphs = collection()
    graphs[1].update(attributes)
    dataset = load(save(tmp_path, graphs))
    assert dataset.schema.counts[f"dropped_{match.split(':', maxsplit=1)[0].replace(' ', '_')}"] == 1
    assert sum(map(len, dataset.get_splits())) == 19
    check_refused(tmp_path, rf"graphs\.pt, graph 1: {match}.*dataset.strict=false", strict=True)


def test_features_of_no_one_form_are_refused(tmp_path: Path) -> None:
    graphs = collection()
    for ring in graphs[:10]:
        ring.x = torch.zeros(ring.num_nodes, 3)
    check_refused(
        save(tmp_path, graphs),
        r"graph 10: x has rows of 2 real numbers, but graph 0 of graphs\.pt has rows of 3 real numbers; give all",
    )


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "edge_attr",
    [None, torch.tensor([]), torch.empty(0, 5), torch.empty(0, 1, dtype=torch.long), []],
    ids=["absent", "flat", "wide", "whole", "list"],
)
def test_a_graph_without_edges_joins_whatever_its_edge_features(tmp_path: Path, edge_attr: object, first: bool) -> None:
    lone = Data(x=torch.ones(1, 2), edge_index=torch.empty(2, 0), y=torch.ones(1, 1), edge_attr=edge_attr)
    graphs = [lone, *collection()] if first else [*collection(), lone]
    dataset = load(save(tmp_path, graphs))
    assert dataset.num_edge_features == 1 and sum(map(len, dataset.get_splits())) == 21
    assert all({"edge_attr", "edge_weight"} <= set(split.fields) for split in dataset.get_splits())
    for name, part in (("train", collection()), ("val", [lone] * 2), ("test", [lone])):
        save(tmp_path, part, f"{name}.pt")
    (tmp_path / "graphs.pt").unlink()
    assert load(tmp_path).val.fields["edge_attr"].shape == (0, 1)


def test_attributes_that_are_not_used_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    graphs = collection()
    load(save(tmp_path, graphs))
    assert "not used" not in caplog.text
    for ring in graphs[3:]:
        ring.pos, ring.weights, ring.train_mask = torch.zeros(ring.num_nodes, 3), 1.0, torch.ones(ring.num_nodes) > 0
    load(save(tmp_path, graphs))
    assert "attributes that are not used: pos (of 17 graphs), weights (of 17 graphs), train_mask" in caplog.text


def test_molecules_that_pyg_read_from_smiles_are_read(tmp_path: Path) -> None:
    graphs = [from_smiles("C" * (1 + number) + "O" * (number > 0)) for number in range(20)]
    for number, molecule in enumerate(graphs):
        molecule.y = torch.tensor([number / 2])
    dataset = load(save(tmp_path, graphs))
    assert (
        set(dataset.train.fields) == {"x", "edge_attr", "y", "feature_key"}
        and sum(map(len, dataset.get_splits())) == 20
    )
