"""The bank as a PyG transform."""

import warnings

import pytest
import torch
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.encodings import PRESETS, AddMultiScalePE, BatchEncodings, EncodingSet, compute_spectrum
from mspe.graphs import DenseLayout, GraphSchema, PackedGraphs
from mspe.models import get_model
from tests.conftest import cycle


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
        with pytest.raises(
            MspeError,
            match=r"unknown preset 'rwze'; did you mean 'rwse'\? Known: b_pearl, cipe, default, elstatic",
        ):
            build("rwze")


def test_transforms_that_add_other_channels_read_differently() -> None:
    banks = [*PRESETS, {"filters": {"walk": {"steps": [1, 2]}}}, {"filters": {"walk": {"steps": [1, 3]}}}]
    transforms = [*map(AddMultiScalePE, banks), AddMultiScalePE("rwse", "rw"), AddMultiScalePE("rwse", spectrum=True)]
    assert len({repr(transform) for transform in transforms}) == len(transforms)
    for transform in transforms:
        again = eval(repr(transform), {"AddMultiScalePE": AddMultiScalePE})
        assert repr(again) == repr(transform) and "\n" not in repr(transform)


def test_spectra_of_further_operators_are_added_and_direction_is_taken_as_it_is() -> None:
    data = Data(edge_index=torch.tensor([[0, 1, 2], [1, 2, 0]]), num_nodes=3)
    bank = EncodingSet.from_config({"filters": {}, "magnetic": {"potentials": [0.25]}})
    with warnings.catch_warnings(action="error"):  # no edge is symmetrised
        plain = AddMultiScalePE(bank)(data.clone())
    assert plain.pe.shape == (3, 5) and "eigenvalues" not in plain
    with pytest.warns(UserWarning, match="directed edges were symmetrised"):  # of the normalised Laplacian
        whole = AddMultiScalePE(bank, spectrum=True)(data.clone())
    torch.testing.assert_close(whole.pe, plain.pe)
    assert whole.magnetic_0p25_eigenvectors.is_complex() and whole.eigenvectors.numel() == 9


def test_node_encodings_of_an_operator_that_is_not_given_are_computed_of_the_graphs_or_refused() -> None:
    packed, bank = PackedGraphs.from_list([cycle(4)]), EncodingSet.from_config({"filters": {}, "katz": [0.5]})
    given = bank.encode_nodes(compute_spectrum(packed, operators=bank.operators), lambda: packed)
    computed = bank.encode_nodes(compute_spectrum(packed), lambda: packed)
    assert torch.equal(given.fields["node_encoding"], computed.fields["node_encoding"])
    with pytest.raises(MspeError, match=r"the operator adjacency is needed and was not given; give encode_nodes the"):
        bank.encode_nodes(compute_spectrum(packed))
