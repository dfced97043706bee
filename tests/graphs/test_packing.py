"""What cannot be packed."""

from collections.abc import Callable

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from tests.conftest import cycle
from tests.graphs.fixtures import GRAPHS


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: PackedGraphs.from_list([]), "cannot pack an empty list"),
        (lambda: PackedGraphs.from_list([GRAPHS[0], cycle(3)]), "graph 1 has no 'x', which graph 0 has"),
        (
            lambda: PackedGraphs(
                torch.tensor([2]), torch.tensor([0]), torch.zeros(2, 0).int(), {"x": torch.zeros(3)}, {"x": "node"}
            ),
            "'x' has 3 rows, expected 2, one a node",
        ),
        (
            lambda: PackedGraphs.from_list([Data(node_index=cycle(3).edge_index[0], **cycle(3).to_dict())]),
            "'node_index': its numbers count nodes",
        ),
        (
            lambda: PackedGraphs.from_list([Data(edge_index=cycle(3).edge_index, num_nodes=3, name="a")]),
            "'name': it is a str",
        ),
    ],
)
def test_what_cannot_be_packed_is_refused(build: Callable[[], PackedGraphs], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        build()
