"""The network that passes messages on columns: its operator, and columns that must not matter."""

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings.column_network import ColumnNetwork, normalized_adjacency
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from tests.conftest import cycle, graph
from tests.encodings.fixtures import adjacency


def dense(data: Data) -> Tensor:
    index, values = normalized_adjacency(data.edge_index, data.get("edge_weight"), data.num_nodes)
    return torch.zeros(data.num_nodes, data.num_nodes, dtype=torch.float64).index_put(tuple(index), values)


def of_laplacian(data: Data) -> Tensor:
    return torch.eye(data.num_nodes, dtype=torch.float64) - normalized_laplacian(adjacency(data)[None])[0][0]


def test_its_operator_is_the_identity_minus_the_laplacian(awkward: Data) -> None:
    torch.testing.assert_close(dense(awkward), of_laplacian(awkward))


@pytest.mark.filterwarnings("ignore:directed edges")
def test_weights_and_directions_are_taken_as_the_laplacian_takes_them() -> None:
    weighted = graph(3, [(0, 1), (1, 2)])
    weighted.edge_weight = torch.tensor([0.5, 2.0, 0.5, 2.0])
    directed = Data(edge_index=torch.tensor([[0, 1, 1], [1, 2, 2]]), num_nodes=4)
    for data in (weighted, directed):
        torch.testing.assert_close(dense(data), of_laplacian(data))


def test_columns_of_zeros_add_nothing_and_their_order_does_not_matter() -> None:
    network = ColumnNetwork(2, 3, layers=2).double()
    columns, edges = torch.randn(6, 4, 2, dtype=torch.float64), cycle(6).edge_index
    expected = network(columns, edges, None)
    more = torch.cat([columns[:, [3, 1, 0, 2]], torch.zeros(6, 5, 2)], dim=1)
    torch.testing.assert_close(network(more, edges, None), expected)
    torch.testing.assert_close(network(columns, edges, None, mean=True), expected / 4)


def test_a_node_sees_as_many_steps_as_there_are_layers() -> None:
    network = ColumnNetwork(1, 1, layers=2).double()
    path = graph(5, [(i, i + 1) for i in range(4)])
    columns = torch.eye(5, 1, dtype=torch.float64)[..., None]  # one column, 1 at node 0
    reached = network(columns, path.edge_index, None)[:, 0] != 0
    assert reached.tolist() == [True, True, True, False, False]
