"""What cannot be packed, and what need not be alike."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import from_smiles

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
        (lambda: PackedGraphs.from_list([cycle(3), GRAPHS[0]]), "graph 0 has no 'x', which graph 1 has"),
    ],
)
def test_what_cannot_be_packed_is_refused(build: Callable[[], PackedGraphs], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        build()


def test_what_is_no_tensor_is_left_out_and_said(caplog: pytest.LogCaptureFixture) -> None:
    graphs = [from_smiles("C" * (1 + number)) for number in range(3)]
    graphs[2].source = {"file": "a.sdf"}
    graphs[1].y, graphs[0].y, graphs[2].y = 2.5, 1.0, 0.5
    packed = PackedGraphs.from_list(graphs)
    assert set(packed.fields) == {"x", "edge_attr", "y"} and packed.fields["y"].tolist() == [[1.0], [2.5], [0.5]]
    assert "attributes that are no tensors are not packed: smiles (a str), source (a dict)" in caplog.text


@pytest.mark.parametrize("edge_attr", [None, torch.tensor([]), torch.empty(0, 5), torch.empty(0, 1, 2).long()], ids=str)
@pytest.mark.parametrize("first", [True, False])
def test_a_graph_without_edges_has_the_edge_features_of_the_others(edge_attr: Tensor | None, first: bool) -> None:
    lone = Data(edge_index=torch.empty(2, 0, dtype=torch.long), num_nodes=2, edge_attr=edge_attr)
    ring = cycle(3)
    ring.edge_attr = torch.rand(6, 3)
    packed = PackedGraphs.from_list([lone, ring] if first else [ring, lone])
    assert torch.equal(packed.fields["edge_attr"], ring.edge_attr)
    assert packed[0 if first else 1].edge_attr.shape == (0, 3)
