"""What every dataset goes through: splits, checks, and what only the training split may decide."""

import logging
from dataclasses import replace

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.assemble import assemble
from mspe.dataset.config import DatasetParams
from mspe.dataset.registry import DATASETS
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.tasks import MultiLabel, Regression, SingleLabel, Task
from tests.conftest import cycle


def source(task: Task, splits: tuple = ("random", "stratified", "folds")) -> DatasetSpec:
    return replace(DATASETS["nci"], name="toy", task=task, splits=splits, folds=4)


def graphs(count: int = 20, real: bool = False) -> list[Data]:
    """Cycles whose node feature and target are their number."""
    result = []
    for number in range(count):
        graph = cycle(3 + number)
        graph.x = torch.full((graph.num_nodes, 1), float(number) if real else number)
        graph.y = torch.tensor([[float(number)]])
        result.append(graph)
    return result


def classes(count: int = 20, classes: int = 2) -> Samples:
    items = graphs(count)
    for number, graph in enumerate(items):
        graph.y = torch.tensor([[number % classes]])
    return Samples(items, labels=[number % classes for number in range(count)])


def test_a_category_that_training_never_saw_has_a_place() -> None:
    dataset = assemble(source(Regression()), Samples(graphs()), DatasetParams())
    assert dataset.num_features == 16 and dataset.node_features == "categorical"
    assert dataset.train.fields["x"].max() == 15
    assert dataset.test.fields["x"].unique().tolist() == [16]  # every test graph has a category of its own


def test_targets_and_features_are_described_by_the_training_split_alone() -> None:
    given = (range(0, 16), range(16, 18), range(18, 20))
    samples = Samples(graphs(real=True), predefined_split=given)
    dataset = assemble(source(Regression(), ("published",)), samples, DatasetParams())
    assert dataset.schema.target_mean == (7.5,)
    rows = torch.cat([graph.x for graph in graphs(real=True)[:16]])
    assert dataset.schema.node_mean == pytest.approx([rows.mean().item()])
    assert dataset.test.fields["y"].flatten().tolist() == [18.0, 19.0]  # in its own units


def test_a_constant_column_is_only_shifted() -> None:
    raw = Samples(graphs(real=True))
    for graph in raw.items:
        graph.x = torch.cat([graph.x, torch.full_like(graph.x, 3.0)], dim=1)
    dataset = assemble(source(Regression()), raw, DatasetParams())
    assert dataset.train.fields["x"][:, 1].abs().max() == 0


def test_classes_are_counted_by_split() -> None:
    dataset = assemble(source(SingleLabel()), classes(), DatasetParams(name="digits", split="stratified"))
    assert dataset.num_classes == 2
    assert dataset.schema.class_counts == {"train": (8, 8), "val": (1, 1), "test": (1, 1)}
    assert dataset.schema.class_shares()["train"] == {"0": 0.5, "1": 0.5}


def test_labels_may_hold_at_once_and_be_unknown() -> None:
    items = graphs()
    for number, graph in enumerate(items):
        graph.y = torch.tensor([[float(number % 2), torch.nan if number % 3 else 1.0 - number % 2, 1.0]])
    with pytest.raises(MspeError, match="toy: target 2 has 1 everywhere in the train split"):
        assemble(source(MultiLabel()), Samples(items), DatasetParams())
    for graph in items:
        graph.y = graph.y[:, :2]
    with pytest.raises(MspeError, match="toy: ap is not defined on the test split, which has 2 samples and no label"):
        assemble(source(MultiLabel()), Samples(items), DatasetParams())
    dataset = assemble(source(MultiLabel()), Samples(items), DatasetParams(split_seed=1))
    assert dataset.num_classes == 2
    total = [sum(counts) for counts in zip(*dataset.schema.class_counts.values(), strict=True)]
    assert total == [10, sum(number % 3 == 0 and number % 2 == 0 for number in range(20))]


def broken(name: str, value: float) -> Samples:
    raw = Samples(graphs(real=True), predefined_split=(range(16), [16, 17], [18, 19]))
    raw.items[3][name] = torch.full_like(raw.items[3].x, value)
    return raw


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_feature_that_is_no_number_names_its_graph(value: float) -> None:
    with pytest.raises(MspeError, match="train split, graph 3: feature not finite: x holds NaN or infinity"):
        assemble(source(Regression(), ("published",)), broken("x", value), DatasetParams())


def test_features_of_different_width_name_the_graph() -> None:
    raw = Samples(graphs(), predefined_split=(range(16), [16, 17], [18, 19]))
    raw.items[2].x = torch.zeros(5, 3, dtype=torch.long)
    with pytest.raises(MspeError, match=r"graph 2: x has rows of \[3\] whole numbers, graph 0 of \[1\] whole numbers"):
        assemble(source(Regression(), ("published",)), raw, DatasetParams())


def test_an_edge_to_a_node_that_is_not_there_names_split_and_graph() -> None:
    raw = Samples(graphs(), predefined_split=(range(16), [16, 17], [18, 19]))
    raw.items[17].edge_index[0, 0] = 99
    with pytest.raises(MspeError, match="val split, graph 1: node index out of range: 0 to 99 among 20 nodes"):
        assemble(source(Regression(), ("published",)), raw, DatasetParams())


def test_equal_targets_and_an_empty_part_are_refused() -> None:
    raw = Samples(graphs())
    for graph in raw.items:
        graph.y = torch.ones(1, 1)
    with pytest.raises(MspeError, match="toy: target 0 has 1 everywhere in the train split, so there is nothing to"):
        assemble(source(Regression()), raw, DatasetParams())
    with pytest.raises(MspeError, match=r"toy: the test part of the random split is empty \(3 samples in all\)"):
        assemble(source(Regression()), Samples(graphs(3)), DatasetParams())
    with pytest.raises(MspeError, match="class 1 has 1 member, and a stratified split needs at least 3"):
        assemble(
            source(SingleLabel()),
            Samples(graphs(), labels=[0] * 19 + [1]),
            DatasetParams(name="digits", split="stratified"),
        )
    with pytest.raises(MspeError, match=r"dataset\.split: got 'stratified', which needs one class a graph"):
        assemble(source(Regression()), Samples(graphs()), DatasetParams(name="digits", split="stratified"))


def test_a_graph_of_two_splits_is_counted_in_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    raw = Samples(graphs(), predefined_split=(range(16), [0, 16, 3], [18, 19]))
    with caplog.at_level(logging.WARNING):
        assemble(source(Regression(), ("published",)), raw, DatasetParams())
    leaks = [message for message in caplog.messages if "leakage" in message]
    assert leaks == ["toy: test leakage: 2 of 3 val graphs are also training graphs; their scores are optimistic"]


def test_folds_cover_every_graph_once() -> None:
    sizes: list[int] = []
    for fold in range(4):
        dataset = assemble(source(SingleLabel(), ("folds",)), classes(), DatasetParams(fold=fold))
        sizes += dataset.test.num_nodes.tolist()
    assert sorted(sizes) == list(range(3, 23))


def test_a_label_is_a_share_of_where_it_is_known() -> None:
    items = graphs()
    for number, graph in enumerate(items):
        graph.y = torch.tensor([[float(number % 2), torch.nan if number % 4 > 1 else float(number % 4 == 0)]])
    raw = Samples(items, predefined_split=(range(16), [16, 17], [18, 19]), classes=("first", "second"))
    schema = assemble(source(MultiLabel(), ("published",)), raw, DatasetParams()).schema
    assert schema.class_shares()["train"] == {"first": 0.5, "second": 0.5}
    assert schema.label_counts["train"] == (16, 8) and schema.label_counts["test"] == (2, 0)
    assert schema.class_shares()["test"]["second"] == 0


def test_labels_of_nodes_are_shares_of_nodes() -> None:
    items = graphs()
    for graph in items:
        graph.y = torch.zeros(graph.num_nodes, 2)
        graph.y[0] = 1
    schema = assemble(source(replace(MultiLabel(), level="node")), Samples(items), DatasetParams()).schema
    nodes, ones = schema.label_counts["train"][0], schema.class_counts["train"][0]
    assert ones == 16 and schema.class_shares()["train"]["1"] == ones / nodes < 0.5


def test_a_target_that_is_unknown_everywhere_is_named_also_under_a_limit() -> None:
    items = graphs()
    for number, graph in enumerate(items):
        graph.y = torch.tensor([[float(number), torch.nan]])
    raw = Samples(items, classes=("known", "unknown"))
    with pytest.raises(MspeError, match="toy: target 'unknown' has no known value in the train split"):
        assemble(source(Regression()), raw, DatasetParams(limit=5))


def test_one_graph_cannot_be_split() -> None:
    with pytest.raises(MspeError, match=r"toy: one graph cannot be split; .* or set dataset.task=edge_prediction"):
        assemble(source(Regression()), Samples(graphs(1)), DatasetParams())
