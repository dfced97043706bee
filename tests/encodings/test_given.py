"""Encodings that were computed before, beside those that are computed."""

import torch
from torch_geometric.data import Batch

from mspe.encodings import BatchEncodings, EncodingSet, GivenEncodings
from mspe.graphs import DenseLayout
from tests.conftest import BANK, cycle


def test_channels_on_edges_are_given_as_they_are_computed() -> None:
    batch = Batch.from_data_list([cycle(3), cycle(5)])
    bank = EncodingSet.from_config({**BANK, "pair": "edges"})
    computed = BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr))
    given = GivenEncodings(computed.blocks, computed.node(), [], computed.edge())
    assert torch.equal(given.edge(), computed.edge()) and given.edge().shape == (16, 7)


def test_what_is_given_is_read_as_what_is_computed() -> None:
    batch = Batch.from_data_list([cycle(3), cycle(5)])
    computed = BatchEncodings(EncodingSet.from_config(BANK), batch, DenseLayout.blocks(batch.ptr))
    given = GivenEncodings(computed.blocks, computed.node(), computed.pair())
    edges = torch.tensor([[0, 3], [2, 7]])
    assert torch.equal(given.node(), computed.node()) and torch.equal(given.pair()[0], computed.pair()[0])
    chosen = given.of_edges(given.pair(), edges)
    assert torch.equal(chosen, computed.of_edges(computed.pair(), edges))
    torch.testing.assert_close(chosen[0], (given.pair()[0][0, 0, 2] + given.pair()[0][0, 2, 0]) / 2)
