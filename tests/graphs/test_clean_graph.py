"""One form for PyG graphs, whatever made them."""

from typing import Any

import pytest
import torch
from torch_geometric.data import Data

from mspe.graphs.clean_graph import tells_node_count, usable_graph
from tests.conftest import cycle

RING = cycle(4).edge_index


@pytest.mark.parametrize("edge_index", [torch.empty(2, 0), torch.tensor([]), torch.empty(0, 2).long(), [], ()], ids=str)
@pytest.mark.parametrize(
    "edge_attr",
    [None, torch.tensor([]), torch.empty(0, 5), torch.empty(0, 3, dtype=torch.complex64), [], torch.empty(0, 1, 2)],
    ids=str,
)
def test_whatever_stands_for_no_edges_is_none(edge_index: Any, edge_attr: Any) -> None:
    graph = usable_graph({"edge_index": edge_index, "edge_attr": edge_attr, "edge_weight": [], "num_nodes": 2})
    assert isinstance(graph, Data) and graph.edge_index.shape == (2, 0) and graph.edge_index.dtype == torch.long
    assert graph.num_nodes == 2


@pytest.mark.parametrize(
    ("attributes", "count"),
    [
        ({"x": torch.ones(6, 1)}, 6),
        ({"num_nodes": 6}, 6),
        ({"pos": torch.ones(6, 3)}, 6),
        ({"train_mask": torch.ones(6, dtype=torch.bool)}, 6),
        ({"z": torch.ones(1, 64)}, 4),  # of the graph: it has fewer rows than nodes with edges
        ({}, 4),
    ],
)
def test_nodes_are_counted_by_what_has_a_row_for_each(attributes: dict[str, Any], count: int) -> None:
    graph = usable_graph({"edge_index": RING, **attributes})
    assert isinstance(graph, Data) and graph.num_nodes == count
    assert tells_node_count({"edge_index": RING, **attributes}) == bool(attributes)


def test_other_attributes_are_not_kept() -> None:
    graph = usable_graph({"edge_index": RING, "smiles": "CC", "pos": torch.ones(4, 3), "tags": {"a": 1}})
    assert isinstance(graph, Data) and set(graph.keys()) == {"edge_index", "num_nodes"}
