"""Electrostatic statistics, equal to GraphGPS's function, written once more."""

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import get_laplacian, to_dense_adj

from mspe.encodings import Electrostatic, EncodingSet, compute_spectrum
from mspe.graphs import GraphSchema, PackedGraphs
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import encode

BANK = EncodingSet([Electrostatic()])


def of_graphgps(data: Data) -> Tensor:
    """What `get_electrostatic_function_encoding` computes, on a connected graph of several nodes."""
    index, weight = get_laplacian(data.edge_index, normalization=None, num_nodes=data.num_nodes)
    laplacian = to_dense_adj(index, edge_attr=weight.double(), max_num_nodes=data.num_nodes)[0]
    potential = torch.linalg.pinv(laplacian, hermitian=True)
    potential = potential - potential.diagonal()
    step = laplacian.abs().fill_diagonal_(0) / laplacian.diagonal()[:, None]
    column = [potential.amin(0), potential.amax(0), potential.mean(0), potential.std(0)]
    row = [potential.amin(1), potential.amax(0), potential.mean(1), potential.std(1)]  # amax(0), as there
    return torch.stack([*column, *row, (step * potential).sum(0), (step * potential).sum(1)], dim=1)


CONNECTED = {
    "cycle": cycle(6),
    "complete": complete(5),
    "star": graph(5, [(0, i) for i in range(1, 5)]),
    "edge": graph(2, [(0, 1)]),
    "tree": graph(30, [(i // 2, i) for i in range(1, 30)]),
}


@pytest.mark.parametrize("data", CONNECTED.values(), ids=CONNECTED)
def test_it_is_graphgpss(data: Data) -> None:
    node, _ = encode(BANK, data)
    torch.testing.assert_close(node, of_graphgps(data), atol=1e-9, rtol=0)


def test_it_is_graphgpss_on_molecules_in_single_precision(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    graphs = [data for data in molecules[1] if data.num_nodes > 1]
    plain = PackedGraphs.from_list([Data(edge_index=data.edge_index, num_nodes=data.num_nodes) for data in graphs])
    found = BANK.encode_nodes(compute_spectrum(plain, operators=BANK.operators), lambda: plain)
    compared = 0
    for number, data in enumerate(plain):
        expected = of_graphgps(data)
        if expected.isfinite().all() and bool((torch.matrix_power(dense(data), data.num_nodes) > 0).all()):
            torch.testing.assert_close(found[number].node_encoding.double(), expected, atol=1e-5, rtol=0)
            compared += 1
    assert compared > 30


def dense(data: Data) -> Tensor:
    """I + A, whose n-th power is positive where the graph is connected."""
    return to_dense_adj(data.edge_index, max_num_nodes=data.num_nodes)[0].double() + torch.eye(data.num_nodes)


def test_components_are_encoded_as_if_alone_and_lone_nodes_are_0() -> None:
    node, _ = encode(BANK, graph(7, [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5)]))
    torch.testing.assert_close(node[:3], of_graphgps(cycle(3)), atol=1e-9, rtol=0)
    torch.testing.assert_close(node[3:6], of_graphgps(graph(3, [(0, 1), (1, 2)])), atol=1e-9, rtol=0)
    assert node[6].abs().sum() == 0
