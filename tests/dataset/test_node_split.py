"""Nodes in train, val and test."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.node_split import NodeParts, known_targets, node_labels, take_part
from mspe.graphs import PackedGraphs
from mspe.tasks import MultiLabel, SingleLabel

NAN = float("nan")


def mask(*nodes: int, size: int = 6) -> torch.Tensor:
    found = torch.zeros(size, dtype=torch.bool)
    found[list(nodes)] = True
    return found


def test_parts_hold_the_nodes_of_their_mask_that_have_a_target() -> None:
    known = mask(0, 1, 3, 5)
    parts = NodeParts.of_masks([mask(0, 2), mask(3), mask(4, 5)], known, "graph.pt")
    assert parts.split == ([0], [3], [5]) and parts.unlabelled == (1, 0, 1)
    assert parts.describe_unlabelled() == "nodes of the split without a target, left out: 1 of train, 1 of test"
    assert NodeParts(([0], [1], [2]), (0, 0, 0)).describe_unlabelled() is None


def test_a_node_in_two_parts_is_refused() -> None:
    with pytest.raises(MspeError, match=r"^g: 2 nodes are in several parts of the split \(node 1 in train and test\)"):
        NodeParts.of_masks([mask(0, 1, 2), mask(3), mask(1, 2)], mask(0), "g")


def test_a_node_is_known_by_any_of_its_targets() -> None:
    assert known_targets(torch.tensor([[NAN, 1.0], [NAN, NAN], [0.0, 0.0]])).tolist() == [True, False, True]
    assert known_targets(torch.tensor([2, 1])).tolist() == [True, True]


def test_nodes_are_stratified_by_their_class_where_each_has_one() -> None:
    assert node_labels(SingleLabel("node"), torch.tensor([[1.0], [NAN], [0.0]])) == [1, 0]
    assert node_labels(MultiLabel("node"), torch.tensor([[1.0, 0.0]])) is None


def test_parts_of_nodes_have_all_graphs_and_each_target_once() -> None:
    one = Data(x=torch.ones(2, 1), edge_index=torch.tensor([[0], [1]]), y=torch.tensor([[0.0], [1.0]]))
    two = Data(x=torch.ones(3, 1), edge_index=torch.tensor([[0], [2]]), y=torch.tensor([[2.0], [NAN], [4.0]]))
    graphs = PackedGraphs.from_list([one, two], {"y": "node", "x": "node"})
    parts = [take_part(graphs, nodes, "node") for nodes in ([0, 4], [1], [2])]
    assert [len(part) for part in parts] == [2, 2, 2]
    assert all(torch.equal(part.fields["x"], graphs.fields["x"]) for part in parts)
    targets = torch.cat([part.fields["y"] for part in parts], dim=1)
    torch.testing.assert_close(targets.nansum(dim=1, keepdim=True), graphs.fields["y"].nan_to_num())
    assert (~targets.isnan()).sum(dim=1).tolist() == [1, 1, 1, 0, 1]
    assert len(take_part(graphs, [1], "graph")) == 1
