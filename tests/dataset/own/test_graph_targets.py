"""Whether `y` is of graphs or of their nodes, and which graphs it fits."""

from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from tests.conftest import cycle, graph
from tests.dataset.own.fixtures import check_refused, collection, load, raw, save


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


def test_a_target_of_another_size_refuses_its_graph_alone(tmp_path: Path) -> None:
    graphs = collection()
    for ring in graphs:
        ring.y = torch.arange(ring.num_nodes) % 3
    graphs[4].y = torch.zeros(2).long()
    dataset = load(save(tmp_path, graphs))
    assert dataset.schema.target_level == "node" and sum(map(len, dataset.get_splits())) == 19
    assert dataset.schema.counts["dropped_target_of_neither_the_graph_nor_its_nodes"] == 1
    check_refused(tmp_path, r"graph 4: target of neither .*: y of shape \[2\] for 7 nodes and 14 edges", strict=True)


def test_targets_of_no_one_size_are_refused(tmp_path: Path) -> None:
    graphs = collection()
    for ring in graphs:
        ring.y = torch.zeros(ring.num_nodes + 1)
    check_refused(
        save(tmp_path, graphs), "y has .* numbers in graph .*; give one row a node in every graph, or as many"
    )
    for ring in graphs:
        ring.y = torch.zeros(ring.num_edges)
    check_refused(save(tmp_path, graphs), r"\(y has a row per edge; targets of edges are not read\)")


def unfeatured(rows: list[int], column: bool = False) -> list[Data]:
    """Rings of three, of which the file does not tell how many isolated nodes are beside them."""
    graphs = [Data(edge_index=cycle(3).edge_index, y=torch.arange(count) % 3) for count in rows]
    for data in graphs:
        data.y = data.y[:, None] if column else data.y
    return graphs


def test_isolated_nodes_are_counted_by_their_targets(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = raw(save(tmp_path, unfeatured([3, 4, 5] * 4)))
    assert [data.num_nodes for data in found.items] == [3, 4, 5] * 4
    assert found.task is not None and found.task.level == "node"
    assert "8 graphs have more rows of y than nodes with edges" in caplog.text
    found = raw(save(tmp_path, unfeatured([5] * 12, column=True)))
    assert found.task is not None and found.task.level == "node" and found.items[0].num_nodes == 5


def test_targets_that_may_be_of_isolated_nodes_ask_for_the_number_of_nodes(tmp_path: Path) -> None:
    graphs = unfeatured([5] * 12)
    check_refused(
        save(tmp_path, graphs), r"y has 5 numbers, but the edges of graph 0 of .* name 3 nodes; save num_nodes"
    )
    for data in graphs:
        data.num_nodes = 5
    assert load(save(tmp_path, graphs)).schema.target_level == "node"
    for data in graphs:
        data.num_nodes, data.y = None, torch.rand(1, 5)
    assert load(save(tmp_path, graphs)).schema.target_level == "graph"


def test_targets_as_many_as_nodes_are_said_to_be_of_nodes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    load(save(tmp_path, unfeatured([3] * 12)))
    assert "y has 3 numbers, as many as each graph has nodes: taken as one per node" in caplog.text
