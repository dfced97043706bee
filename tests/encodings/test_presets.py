"""Presets against closed forms and the papers' own implementations."""

from typing import get_args

import pytest
import torch
from torch_geometric.transforms import AddRandomWalkPE

from mspe.encodings import ENCODINGS, PRESETS, AddMultiScalePE, EncodingParams, EncodingSet, GraphStatistics
from mspe.encodings.config import PresetName, as_bank
from mspe.encodings.encoding_set import node_channels
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import encode, view_of


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_the_same_bank_by_every_door(preset: str) -> None:
    by_name = EncodingSet.from_config(preset).config()
    resolved = EncodingParams(preset=preset).resolve(GraphStatistics(max_nodes=30))  # type: ignore[arg-type]
    assert EncodingSet.from_config(resolved).config() == by_name == EncodingSet.from_config(by_name).config()
    assert as_bank(preset).trainable is False


def test_presets_are_the_ones_that_parameters_allow_and_no_encodings() -> None:
    assert get_args(PresetName) == tuple(PRESETS)
    assert not set(PRESETS) & set(ENCODINGS)


@pytest.mark.parametrize(
    ("preset", "on_nodes", "on_pairs"),
    [
        *(("elstatic", 10, 0), ("peg", 0, 1), ("rd", 0, 3), ("spe", 37, 0), ("r_pearl", 37, 0), ("b_pearl", 37, 0)),
        *(("maglappe", 50, 0), ("mose", 13, 0), ("spse", 0, 20), ("cipe", 4, 4), ("hdse", 0, 23), ("gsn", 6, 6)),
    ],
)
def test_papers_settings_have_the_channels_of_their_encoding_alone(preset: str, on_nodes: int, on_pairs: int) -> None:
    bank = EncodingSet.from_config(EncodingParams(preset=preset).resolve(GraphStatistics(max_nodes=30)))  # type: ignore[arg-type]
    assert (len(bank.node_channels), len(bank.pair_channels), len(list(bank))) == (on_nodes, on_pairs, 1)


def test_rwse_is_pygs_random_walk() -> None:
    data = graph(6, [(0, 1), (1, 2), (2, 3), (3, 1), (3, 4), (4, 5)])
    expected = AddRandomWalkPE(20, attr_name="pe")(data.clone()).pe
    torch.testing.assert_close(AddMultiScalePE("rwse")(data.clone()).pe, expected, atol=1e-6, rtol=0)


def test_rrwp_begins_with_the_identity_and_the_transition_matrix() -> None:
    _, pair = encode(EncodingSet.from_config("rrwp"), cycle(5))
    torch.testing.assert_close(pair[..., 0], torch.eye(5).double(), atol=1e-10, rtol=0)
    torch.testing.assert_close(pair[..., 1], (torch.eye(5).roll(1, 0) + torch.eye(5).roll(-1, 0)).double() / 2)


def test_hkse_of_a_complete_graph_in_closed_form() -> None:
    node = node_channels(EncodingSet.from_config("hkse").on_nodes, view_of(complete(5)))
    times = torch.tensor(PRESETS["hkse"]["filters"]["heat"]["times"], dtype=torch.float64)
    torch.testing.assert_close(node[0], (1 + 4 * torch.exp(-times * 5 / 4)) / 5, atol=1e-8, rtol=0)


def test_spd_counts_steps_up_to_ten() -> None:
    _, pair = encode(EncodingSet.from_config("spd"), graph(13, [(i, i + 1) for i in range(12)]))
    assert pair[0].argmax(-1).tolist() == [*range(10), 10, 10, 10]


def test_none_has_no_channels() -> None:
    bank = EncodingSet.from_config("none")
    assert bank.node_channels == bank.pair_channels == []
