"""Walks: powers of the transition matrix, closed forms, PyG's own."""

import torch
from torch_geometric.data import Data
from torch_geometric.transforms import AddRandomWalkPE

from mspe.encodings import EncodingSet, Walk
from mspe.graphs import GraphSchema, PackedGraphs
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import TOLERANCE, adjacency, encode


def test_walks_are_powers_of_the_transition_matrix(awkward: Data) -> None:
    matrix = adjacency(awkward)
    isolated = (matrix.sum(1) == 0).double()
    transition = (matrix + isolated.diag()) / (matrix.sum(1) + isolated)[:, None]  # an isolated walker stays
    _, pair = encode(EncodingSet([Walk([0, 1, 2, 5])]), awkward)
    for channel, step in enumerate([0, 1, 2, 5]):
        torch.testing.assert_close(pair[..., channel], torch.linalg.matrix_power(transition, step), **TOLERANCE)


def test_rows_of_a_walk_sum_to_one(awkward: Data) -> None:
    _, pair = encode(EncodingSet([Walk([1, 3, 16])]), awkward)
    torch.testing.assert_close(pair.sum(1), torch.ones_like(pair.sum(1)), **TOLERANCE)


def test_closed_forms_of_the_walk_diagonal() -> None:
    walk = EncodingSet([Walk([1, 2, 3, 4])])
    half, quarter = 1 / 2, 1 / 4
    # cycle of at least five nodes: only steps back and forth return
    torch.testing.assert_close(encode(walk, cycle(7))[0][0], torch.tensor([0, half, 0, 3 / 8]).double(), **TOLERANCE)
    # complete graph on n nodes: (1 − (−1/(n−1))^k·…)/n
    expected = torch.tensor([(1 + 4 * (-quarter) ** k) / 5 for k in (1, 2, 3, 4)]).double()
    torch.testing.assert_close(encode(walk, complete(5))[0][2], expected, atol=1e-7, rtol=0)
    star = encode(walk, graph(5, [(0, i) for i in range(1, 5)]))[0]
    torch.testing.assert_close(star[0], torch.tensor([0, 1, 0, 1]).double(), **TOLERANCE)
    torch.testing.assert_close(star[1], torch.tensor([0, quarter, 0, quarter]).double(), **TOLERANCE)
    path = encode(walk, graph(3, [(0, 1), (1, 2)]))[0]
    torch.testing.assert_close(path[0], torch.tensor([0, half, 0, half]).double(), **TOLERANCE)


def test_walks_agree_with_pyg_on_real_molecules(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    theirs = AddRandomWalkPE(20, attr_name="pe")
    bank = EncodingSet([Walk(list(range(1, 21)))])
    simple = [
        data for data in molecules[1] if data.num_nodes > 1 and data.edge_index.unique().numel() == data.num_nodes
    ]
    assert len(simple) > 40
    for data in simple:
        expected = theirs(Data(edge_index=data.edge_index, num_nodes=data.num_nodes)).pe
        torch.testing.assert_close(encode(bank, data)[0].float(), expected, atol=1e-5, rtol=0)
