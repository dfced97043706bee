"""A batch's encodings: taken where it carries them, computed to the same numbers where not."""

import gc
import weakref

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.encodings import PRESETS, BatchEncodings, EncodingSet, compute_spectrum
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.models import get_model
from tests.conftest import AWKWARD, cycle, graph
from tests.encodings.fixtures import view_of_batch


def test_a_spectrum_missing_from_the_batch_is_computed_to_the_same_numbers() -> None:
    packed = PackedGraphs.from_list([cycle(3), graph(4, [(0, 1), (2, 2)])])
    plain, stored = packed.collate([0, 1]), packed.with_fields_of(compute_spectrum(packed)).collate([0, 1])
    expected, computed = view_of_batch(stored).spectrum, view_of_batch(plain).spectrum
    for name, value in vars(computed).items():
        assert torch.equal(value, getattr(expected, name)), name


@pytest.mark.parametrize(
    "config",
    [
        PRESETS["lappe"],
        PRESETS["none"],
        PRESETS["spd"],
        {**PRESETS["default"], "trainable": True, "pair": True},
        {"filters": {"learned": {"channels": 4}}, "distance": 3, "degree": True, "eigenvectors": 2},
        {"pearl": {"variant": "basis"}, "stable": True, "eigenvector_distance": 3, "pair": False},
    ],
    ids=["lappe", "none", "spd", "trainable", "everything", "networks"],
)
@pytest.mark.parametrize("encoder", ["flip", "signnet"])
def test_a_model_takes_every_encoding_and_computes_what_is_missing(config: dict, encoder: str) -> None:
    bank = EncodingSet.from_config(config)
    options = {"hidden_dim": 16, "num_layers": 2, "heads": 2, "node_dim": 6, "eigenvector_encoder": encoder}
    model = get_model("graph_transformer", num_features=0, num_classes=1, bank=bank.config(), **options)
    packed = PackedGraphs.from_list(list(AWKWARD.values()))
    spectrum = compute_spectrum(packed)
    stored = packed.with_fields_of(spectrum).with_fields_of(bank.encode_nodes(spectrum)).collate(range(len(packed)))
    model(stored).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    model.eval()
    torch.testing.assert_close(model(packed.collate(range(len(packed)))), model(stored), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("preset", ["default", "everything", "lappe", "spd"])
@pytest.mark.parametrize("stored", [True, False], ids=["stored", "computed"])
def test_what_a_model_computes_of_a_batch_goes_with_the_batch(preset: str, stored: bool) -> None:
    everything = {"filters": {"learned": {"channels": 4}}, "distance": 3, "degree": True, "eigenvectors": 2}
    bank = EncodingSet.from_config(PRESETS.get(preset, everything))
    options = {"hidden_dim": 16, "num_layers": 2, "heads": 2, "node_dim": 6}
    model = get_model("graph_transformer", num_features=0, num_classes=1, bank=bank.config(), **options)
    packed = PackedGraphs.from_list([cycle(5), cycle(7)])
    spectrum = compute_spectrum(packed)
    if stored:
        packed = packed.with_fields_of(spectrum).with_fields_of(bank.encode_nodes(spectrum))
    batch = packed.collate([0, 1])
    edges = weakref.ref(batch.edge_index)
    gc.collect()
    gc.disable()
    try:
        model(batch).sum().backward()
        del batch
        assert edges() is None, "a circle of references keeps the batch until Python's collector finds it"
    finally:
        gc.enable()


def walks(*steps: int) -> EncodingSet:
    return EncodingSet.from_config({"filters": {"walk": {"steps": steps}}})


@pytest.mark.parametrize("name", ["graph_transformer", "gps", "gine"])
@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (walks(2, 3, 5), "node encodings of another bank than the model's, though as many channels; encode with the"),
        (walks(2, 3), "node encodings of 2 channels, the model's bank has 3; encode with the model's bank"),
    ],
    ids=["as many channels", "fewer channels"],
)
def test_a_model_refuses_encodings_of_another_bank(name: str, stored: EncodingSet, message: str) -> None:
    model = get_model(name, 0, 1, bank=walks(2, 3, 4), hidden_dim=16, num_layers=1, heads=2).eval()
    packed = PackedGraphs.from_list([cycle(5), cycle(7)])
    own, other = (
        packed.with_fields_of(bank.encode_nodes(compute_spectrum(packed))).collate([0, 1])
        for bank in (model.bank, stored)
    )
    torch.testing.assert_close(model(own), model(packed.collate([0, 1])))
    with pytest.raises(MspeError, match=message):
        model(other)


def test_a_model_refuses_a_batch_of_which_one_graph_has_encodings_of_another_bank() -> None:
    model = get_model("gps", 0, 1, bank=walks(2, 3, 4), hidden_dim=16, num_layers=1, heads=2)
    packed = PackedGraphs.from_list([cycle(5), cycle(7)])
    batch = packed.with_fields_of(model.bank.encode_nodes(compute_spectrum(packed))).collate([0, 1])
    batch.bank_key = batch.bank_key + torch.tensor([[0], [1]])
    with pytest.raises(MspeError, match="node encodings of another bank"):
        model(batch)


OPERATORS = {"filters": {}, "communicability": [1.0], "biharmonic": True, "magnetic": {"potentials": [0.25]}}


@pytest.mark.parametrize("limit", [None, 4], ids=["all graphs", "small graphs"])
@pytest.mark.parametrize("carried", [["normalized"], ["adjacency"], ["adjacency", "combinatorial", "magnetic(0.25)"]])
def test_spectra_of_operators_are_those_of_the_batch_or_computed(carried: list[str], limit: int | None) -> None:
    bank = EncodingSet.from_config({**OPERATORS, "max_pair_nodes": limit})
    packed = PackedGraphs.from_list([cycle(3), cycle(6), graph(4, [(0, 1), (1, 2)])])
    expected = [bank.pair(view_of_batch(packed.collate([number])))[0] for number in range(3)]
    spectra = compute_spectrum(packed, operators=carried)
    batch = packed.with_fields_of(spectra).collate(range(3))
    channels = BatchEncodings(bank, batch, [DenseLayout.from_sizes([3, 6, 4])])
    (pair,) = channels.pair()
    for number, size in enumerate((3, 6, 4)):
        alone = torch.zeros_like(expected[number]) if limit is not None and size > limit else expected[number]
        torch.testing.assert_close(pair[number, :size, :size], alone, atol=1e-5, rtol=1e-5)
    stored = bank.encode_nodes(compute_spectrum(packed), lambda: packed).fields["node_encoding"]
    torch.testing.assert_close(channels.node(), stored, atol=1e-5, rtol=1e-5)


def test_a_graph_too_large_for_eigenvectors_is_refused_in_a_line_in_a_batch_too() -> None:
    bank = EncodingSet.from_config({**OPERATORS, "max_pair_nodes": 512})
    batch = PackedGraphs.from_list([cycle(3), cycle(513)]).collate([0, 1])
    channels = BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr))
    for read in (channels.node, channels.pair):
        with pytest.raises(MspeError, match=r"needs eigenvectors of the operator .*the largest graph has 513 nodes"):
            read()
