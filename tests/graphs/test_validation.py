"""What makes a graph usable, of one graph and of packed ones: the same rules in the same words."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.graphs.checks import check_graphs
from mspe.graphs.validation import find_problem
from tests.conftest import AWKWARD, cycle, graph


def with_field(name: str, values: torch.Tensor) -> Data:
    data = cycle(3)
    data[name] = values
    return data


def weights(value: float) -> torch.Tensor:
    return torch.tensor([1.0, 1.0, value, 1.0, 1.0, 1.0])


BROKEN = {
    "no nodes": (graph(0, []), "no nodes: 0 nodes"),
    "index too large": (graph(2, [(0, 2)]), "node index out of range: 0 to 2 among 2 nodes"),
    "negative index": (graph(2, [(0, -1)]), "node index out of range: -1 to 0 among 2 nodes"),
    "feature": (with_field("x", torch.tensor([[1.0], [torch.nan], [0.0]])), "feature not finite: x holds NaN or inf"),
    "edge feature": (with_field("edge_attr", torch.full((6, 2), torch.inf)), "feature not finite: edge_attr holds"),
    "weight": (with_field("edge_weight", weights(torch.nan)), "feature not finite: edge_weight holds NaN or inf"),
    "negative weight": (with_field("edge_weight", weights(-1.0)), "negative weight: -1"),
}
FORMS = {
    "three rows": (
        Data(edge_index=torch.zeros(3, 2).long(), num_nodes=2),
        r"edge_index is torch.int64 of shape \[3, 2\]",
    ),
    "real": (
        Data(edge_index=torch.zeros(2, 2), num_nodes=2),
        r"edge_index is torch.float32 of shape \[2, 2\], allowed",
    ),
    "none": (Data(num_nodes=2), r"edge_index is NoneType, allowed: whole numbers of shape \[2, edges\]"),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
def test_one_graph_and_packed_graphs_are_refused_in_the_same_words(data: Data, message: str) -> None:
    assert str(find_problem(data)).startswith(message)
    others = [
        with_field(name, data[name].new_ones(data[name].shape)) for name in data.to_dict() if name not in cycle(3)
    ]
    good = others[0] if others else cycle(3)
    with pytest.raises(MspeError, match=f"graph 1: {message}.*; correct the graph, or leave it out"):
        check_graphs(PackedGraphs.from_list([good, data]))


@pytest.mark.parametrize(("data", "message"), FORMS.values(), ids=FORMS)
def test_edges_of_another_form_are_refused_before_graphs_are_packed(data: Data, message: str) -> None:
    problem = find_problem(data)
    assert problem is not None and problem.reason == "no edge index"
    with pytest.raises(MspeError, match=f"graph 1: {message}"):
        PackedGraphs.from_list([cycle(3), data])


def test_fields_of_other_lengths_are_a_reason() -> None:
    assert str(find_problem(with_field("x", torch.zeros(4, 1)))) == "wrong number of rows: x of shape [4, 1] for 3 rows"
    assert str(find_problem(with_field("edge_weight", torch.ones(6, 1)))).startswith(
        "wrong number of rows: edge_weight"
    )


def test_every_awkward_graph_is_usable(awkward: Data) -> None:
    assert find_problem(awkward) is None
    check_graphs(PackedGraphs.from_list(list(AWKWARD.values())))
    with pytest.raises(MspeError, match="at least one"):
        check_graphs(PackedGraphs.from_list([cycle(3)])[[]])
