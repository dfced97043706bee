"""The bank as a PyG transform."""

import pytest
import torch
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.encodings import PRESETS, AddMultiScalePE, BatchEncodings, EncodingSet, compute_spectrum
from mspe.graphs import DenseLayout, GraphSchema, PackedGraphs
from mspe.models import get_model


def test_the_transform_gives_what_the_stages_store(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    bank = EncodingSet.from_config({**PRESETS["default"], "eigenvectors": 3, "degree": True})
    packed = molecules[1][:8]
    stored = bank.encode_nodes(compute_spectrum(packed))
    for number, data in enumerate(packed):
        plain = Data(edge_index=data.edge_index, num_nodes=data.num_nodes)
        transformed = AddMultiScalePE(bank, spectrum=True)(plain)
        fields = stored[number]
        torch.testing.assert_close(transformed.pe, fields.node_encoding, atol=1e-5, rtol=0)
        assert transformed.eigenvectors.numel() == data.num_nodes**2
    batch = Batch.from_data_list([AddMultiScalePE(bank, spectrum=True)(data) for data in packed])
    blocks = DenseLayout.blocks(batch.ptr)
    assert BatchEncodings(bank, batch, blocks).pair()[0].shape[-1] == len(bank.pair_channels)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_bank_by_its_name(name: str) -> None:
    bank = EncodingSet.from_config(PRESETS[name]).config()
    assert EncodingSet.from_config(name).config() == bank == AddMultiScalePE(name).bank.config()
    options = {"hidden_dim": 16, "num_layers": 1, "node_dim": 4}
    named, whole = (get_model("gps", 3, 1, bank=given, **options).state_dict() for given in (name, PRESETS[name]))
    assert {key: value.shape for key, value in named.items()} == {key: value.shape for key, value in whole.items()}


def test_an_unknown_preset_lists_the_known_ones() -> None:
    for build in (EncodingSet.from_config, AddMultiScalePE, lambda name: get_model("gps", 3, 1, bank=name)):
        with pytest.raises(MspeError, match=r"unknown preset 'rwze'; did you mean 'rwse'\? Known: default, hkse"):
            build("rwze")


def test_transforms_that_add_other_channels_read_differently() -> None:
    banks = [*PRESETS, {"filters": {"walk": {"steps": [1, 2]}}}, {"filters": {"walk": {"steps": [1, 3]}}}]
    transforms = [*map(AddMultiScalePE, banks), AddMultiScalePE("rwse", "rw"), AddMultiScalePE("rwse", spectrum=True)]
    assert len({repr(transform) for transform in transforms}) == len(transforms)
    for transform in transforms:
        again = eval(repr(transform), {"AddMultiScalePE": AddMultiScalePE})
        assert repr(again) == repr(transform) and "\n" not in repr(transform)
