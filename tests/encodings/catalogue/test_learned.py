"""The learned filter."""

import torch

from mspe.encodings import EncodingSet
from mspe.encodings.encoding_set import node_channels
from tests.conftest import cycle
from tests.encodings.fixtures import view_of


def test_the_learned_filter_is_invariant_differentiable_and_survives_its_configuration() -> None:
    bank = EncodingSet.from_config({"filters": {"learned": {"channels": 3}, "walk": {"steps": [2]}}})
    assert bank.node_channels == ["walk(2)", "learned(1)", "learned(2)", "learned(3)"]
    assert [encoding.name for encoding in bank.stored] == ["walk"]
    assert bank.config().filters == {"walk": {"steps": [2]}, "learned": {"channels": 3}}
    node = node_channels(bank.on_nodes, view_of(cycle(6)))
    torch.testing.assert_close(node, node[:1].expand(6, -1))  # every node of a ring is the same
    node.sum().backward()
    assert all(parameter.grad is not None for parameter in bank.parameters())
