"""Encodings that the layers update: by hand, on their way into the states, and what they add."""

import torch
from torch_geometric.data import Data

from mspe.encodings import PRESETS
from mspe.graphs import EdgeLayout, PackedGraphs
from mspe.models import ModelParams, get_model
from mspe.models.positions import PositionUpdate
from tests.conftest import cycle, graph
from tests.models.fixtures import SMALL


def test_a_step_by_hand_also_of_a_node_without_edges() -> None:
    update = PositionUpdate(ModelParams(hidden_dim=4, node_dim=2, heads=2))
    x, position = torch.randn(3, 4), torch.randn(3, 2)
    edges = EdgeLayout.from_edge_index(torch.tensor([[0, 1, 0], [1, 0, 0]]), 3)
    received = torch.stack([(position[0] + position[1]) / 2, position[0], torch.zeros(2)])
    moved = position + torch.tanh(update.own(position) + received @ update.passed.weight.T)
    states, found = update(x, position, edges)
    torch.testing.assert_close(found, moved)
    torch.testing.assert_close(states, x + moved @ update.entry.weight.T)


def model(update: bool, **options: object) -> torch.nn.Module:
    torch.manual_seed(0)
    return get_model("gine", 0, 1, **{**SMALL, "update_encodings": update, **options}).eval()  # type: ignore[arg-type]


def score(module: torch.nn.Module, data: Data) -> torch.Tensor:
    return module(PackedGraphs.from_list([data]).collate([0])).detach()


def test_updates_carry_the_encoding_past_the_layers() -> None:
    """A model whose updates are zero is the model without them; others see the encoding further away."""
    updating, plain = model(True), model(False)
    plain.load_state_dict({name: value for name, value in updating.state_dict().items() if name in plain.state_dict()})
    path = graph(9, [(i, i + 1) for i in range(8)])
    assert not torch.allclose(score(updating, path), score(plain, path))
    for update in updating.position_updates:
        torch.nn.init.zeros_(update.entry.weight)
    torch.testing.assert_close(score(updating, path), score(plain, path))


def test_without_node_encodings_there_is_nothing_to_update() -> None:
    assert not model(True, bank="none").position_updates and not model(False).position_updates
    assert len(model(True, bank=PRESETS["rwse"]).position_updates) == SMALL["num_layers"]
    assert score(model(True, bank="none"), cycle(4)).isfinite()
