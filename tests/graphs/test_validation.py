"""What makes a graph usable."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.graphs.validation import find_problem
from tests.conftest import cycle
from tests.graphs.fixtures import BROKEN, with_field

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
def test_a_graph_that_cannot_be_used_says_why(data: Data, message: str) -> None:
    assert str(find_problem(data)).startswith(message)


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
