"""From pair channels and bonds to attention biases."""

import pytest
import torch
from torch import Tensor

from mspe.graphs import DenseLayout
from mspe.models import ModelParams
from mspe.models.pairs import PairBias, bond_channels

PARAMS = ModelParams(hidden_dim=16, num_layers=2, heads=4, pair_dim=8)
NAMES = ["walk(1)", "heat(2)"]
SIZES = [3, 2]
EDGES = torch.tensor([[0, 1, 1, 2, 3, 4], [1, 0, 2, 1, 4, 3]])  # a path of three nodes and an edge


def bias_of(module: PairBias, channels: Tensor, edge_attr: Tensor | None) -> Tensor:
    return module(channels, DenseLayout.from_sizes(SIZES), EDGES, edge_attr)


@pytest.mark.parametrize("gate", [True, False])
def test_it_is_one_network_applied_to_every_pair(gate: bool) -> None:
    module = PairBias(PARAMS.model_copy(update={"scale_gate": gate}), NAMES, 0)
    channels = torch.randn(2, 3, 3, 2)
    if module.gate is not None:
        torch.nn.init.normal_(module.gate.logits)
    bonds = torch.zeros(2, 3, 3, 1)
    for graph, i, j in [(0, 0, 1), (0, 1, 0), (0, 1, 2), (0, 2, 1), (1, 0, 1), (1, 1, 0)]:
        bonds[graph, i, j] = 1.0
    scaled = channels if module.gate is None else channels * module.gate()
    expected = module.output(torch.relu(module.hidden(torch.cat([scaled, bonds], dim=-1))))  # [2, 3, 3, layers · heads]
    expected = expected.permute(3, 0, 1, 2).view(2, 4, 2, 3, 3)
    torch.testing.assert_close(bias_of(module, channels, None), expected, atol=1e-5, rtol=1e-5)


def test_a_gate_weighs_channels_and_leaves_bonds_alone() -> None:
    module = PairBias(PARAMS, NAMES, 0)
    assert module.gate is not None
    nothing = torch.zeros(2, 3, 3, 2)
    before = bias_of(module, nothing, None)
    torch.nn.init.normal_(module.gate.logits)
    torch.testing.assert_close(bias_of(module, nothing, None), before)


def test_the_bias_goes_from_the_query_to_the_key_of_a_directed_pair() -> None:
    channels = torch.zeros(4, 9)
    place = DenseLayout.from_sizes([3]).pair_slot(torch.tensor([2]), torch.tensor([0]))  # the edge 0 → 2
    channels = bond_channels(torch.tensor([1]), 3, place, 9).view(4, 3, 3)
    assert channels.nonzero().tolist() == [[1, 2, 0]]


def test_real_bond_features_are_spread_as_they_are_and_add_up_where_repeated() -> None:
    channels = bond_channels(torch.tensor([[0.5, 2.0], [1.0, 1.0]]), 2, torch.tensor([1, 1]), 3)
    assert channels.tolist() == [[0, 1.5, 0], [0, 3.0, 0], [0, 0, 0]]


def test_several_columns_of_categories_are_counted_and_unknown_ones_marked() -> None:
    channels = bond_channels(torch.tensor([[0, 1], [-1, 5]]), 2, torch.tensor([0, 2]), 3)
    assert channels.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 2]]


def test_without_features_every_bond_is_marked_once() -> None:
    for features, width in ((None, 3), (torch.tensor([[1.0]]), 0)):
        channels = bond_channels(features, width, torch.tensor([2]), 3)
        assert channels[-1].tolist() == [0, 0, 1] and channels.sum() == 1
