"""Edge prediction on the user's own graph."""

from pathlib import Path

import pytest
import torch

from tests.conftest import cycle
from tests.dataset.own.fixtures import check_refused, load, save, write


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


def test_targets_that_are_not_used_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ring = cycle(40)
    load(save(tmp_path, ring))
    assert caplog.text == ""
    ring.y = torch.arange(40) % 4
    load(save(tmp_path, ring), task="edge_prediction")
    assert "y is not used: the task is edge_prediction" in caplog.text


def test_edges_are_the_positive_class_and_the_split_is_drawn(tmp_path: Path) -> None:
    folder = save(tmp_path, cycle(40))
    check_refused(folder, "dataset.positive_class: got '0', but the task is edge_prediction", positive_class="0")
    assert load(folder).summary[-1].startswith("split: random, drawn by dataset.split_seed=0")
    check_refused(folder, "dataset.split: got 'column', but there is no column", split="column")
