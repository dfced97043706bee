"""What holds for every set of encodings: invariances, packing, its configuration."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.encodings import PRESETS, EncodingSet, GraphView, Spectrum, compute_spectrum
from mspe.encodings.encoding_set import node_channels
from mspe.graphs import GraphSchema, PackedGraphs
from tests.conftest import BANK, complete, cycle, graph
from tests.encodings.fixtures import BANK_MODULE, TOLERANCE, encode, random_graphs, view_of


def test_the_diagonal_of_the_pair_encoding_is_the_node_encoding(awkward: Data) -> None:
    node, pair = encode(BANK_MODULE, awkward)
    torch.testing.assert_close(pair.diagonal().T, node, **TOLERANCE)


@settings(deadline=None)
@given(random_graphs(), st.randoms(use_true_random=False))
def test_relabelling_the_nodes_permutes_the_encoding(data: Data, random: object) -> None:
    order = list(range(data.num_nodes))
    random.shuffle(order)  # type: ignore[attr-defined]
    place = torch.tensor(order)
    relabelled = Data(edge_index=place[data.edge_index], num_nodes=data.num_nodes)
    node, pair = encode(BANK_MODULE, data)
    new_node, new_pair = encode(BANK_MODULE, relabelled)
    torch.testing.assert_close(new_node[place], node, **TOLERANCE)
    torch.testing.assert_close(new_pair[place][:, place], pair, **TOLERANCE)


@settings(deadline=None)
@given(random_graphs(), random_graphs())
def test_a_disjoint_union_encodes_as_its_parts(first: Data, second: Data) -> None:
    union = Batch.from_data_list([first, second])
    node, pair = encode(BANK_MODULE, Data(edge_index=union.edge_index, num_nodes=union.num_nodes))
    parts = [encode(BANK_MODULE, part) for part in (first, second)]
    torch.testing.assert_close(node, torch.cat([part[0] for part in parts]), **TOLERANCE)
    size = first.num_nodes
    torch.testing.assert_close(pair[:size, :size], parts[0][1], **TOLERANCE)
    torch.testing.assert_close(pair[size:, size:], parts[1][1], **TOLERANCE)
    torch.testing.assert_close(pair[:size, size:], torch.zeros_like(pair[:size, size:]), **TOLERANCE)


@pytest.mark.parametrize("data", [cycle(6), complete(5), graph(4, [])], ids=["benzene", "complete", "no edges"])
def test_rotating_the_basis_of_an_eigenspace_changes_nothing(data: Data) -> None:
    view = view_of(data)
    spectrum = view.spectrum
    values = spectrum.eigenvalues[0].round(decimals=9)
    vectors = spectrum.eigenvectors[0].clone()
    for value in values.unique():
        members = torch.nonzero(values == value).flatten()
        rotation, _ = torch.linalg.qr(torch.randn(len(members), len(members), dtype=torch.float64))
        vectors[:, members] = vectors[:, members] @ rotation
    rotated = Spectrum(spectrum.eigenvalues, vectors[None], spectrum.sqrt_degree)
    turned = GraphView(view.layout, dict, lambda: rotated, lambda: (view.edge_index, None))
    torch.testing.assert_close(
        node_channels(BANK_MODULE.on_nodes, turned), node_channels(BANK_MODULE.on_nodes, view), **TOLERANCE
    )
    torch.testing.assert_close(BANK_MODULE.pair(turned), BANK_MODULE.pair(view), **TOLERANCE)


def test_an_isolated_node_has_the_response_at_zero() -> None:
    node, _ = encode(BANK_MODULE, graph(3, [(0, 1)]))
    torch.testing.assert_close(node[2], torch.ones(7).double(), **TOLERANCE)


def test_packed_encoding_is_the_encoding_of_each_graph_and_padding_leaks_nothing() -> None:
    graphs = [cycle(3), graph(1, []), complete(6), graph(4, [(0, 1)])]
    packed = PackedGraphs.from_list(graphs)
    encoded = BANK_MODULE.encode_nodes(compute_spectrum(packed, dtype=torch.float64))
    batched = BANK_MODULE.pair(view_of(*graphs))
    for number, data in enumerate(graphs):
        node, pair = encode(BANK_MODULE, data)
        torch.testing.assert_close(encoded[number].node_encoding, node, **TOLERANCE)
        torch.testing.assert_close(batched[number, : data.num_nodes, : data.num_nodes], pair, **TOLERANCE)
        assert batched[number, data.num_nodes :].abs().sum() == 0
        assert batched[number, :, data.num_nodes :].abs().sum() == 0


def test_single_precision_is_close_to_double(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    graphs = [Data(edge_index=data.edge_index, num_nodes=data.num_nodes) for data in molecules[1][:20]]
    single = BANK_MODULE.pair(view_of(*graphs, dtype=torch.float32))
    double = BANK_MODULE.pair(view_of(*graphs))
    np.testing.assert_allclose(single, double, atol=1e-5)


def test_a_bank_survives_its_configuration_and_names_its_channels() -> None:
    config = BANK_MODULE.config()
    assert (
        list(config.node_channels)
        == list(config.pair_channels)
        == ["walk(0)", "walk(1)", "walk(2)", "walk(5)", "heat(0.25)", "heat(1)", "heat(8)"]
    )
    assert EncodingSet.from_config(config).config() == config


def test_a_bank_without_node_channels_encodes_none() -> None:
    bank = EncodingSet.from_config({**BANK, "node": False})
    assert bank.encode_nodes(compute_spectrum(PackedGraphs.from_list([cycle(3)]))).fields["node_encoding"].shape == (
        3,
        0,
    )
    assert (len(bank.node_channels), len(bank.pair_channels)) == (0, 7)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"haet": {"times": [1]}}, "unknown encoding 'haet'; did you mean 'heat'.*list it under encodings.plugins"),
        ({"heat": {"times": []}}, r"bank: heat: times: got \[\], at least 1 entry is needed"),
        ({"heat": {"times": [0.0]}}, "bank: heat: times.0: got 0.0, input should be greater than 0"),
        ({"heat": {"times": [float("inf")]}}, "bank: heat: times.0: got inf, input should be a finite number"),
        ({"walk": {"steps": [-1]}}, "bank: walk: steps.0: got -1, input should be greater than or equal to 0"),
        ({"walk": {"steps": [1.5]}}, "bank: walk: steps.0: got 1.5, input should be a valid integer"),
        ({"walk": {"steps": [2, 2]}}, r"bank: walk: steps: got \[2, 2\], duplicate scales"),
        ({"ppr": {"restarts": [1.5]}}, "bank: ppr: restarts.0: got 1.5, input should be less than or equal to 1"),
        ({"heat": {"tims": [1.0]}}, "bank: heat: tims: unknown key; known here: times"),
    ],
)
def test_a_wrong_filter_is_named(filters: dict, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        EncodingSet.from_config({"filters": filters, "node": True, "pair": True})


def test_csl_is_told_apart_by_the_default_bank_and_not_by_degree() -> None:
    skips = [2, 3, 4, 5, 6, 9, 11, 12, 13, 16]
    rings = [graph(41, [(i, (i + s) % 41) for i in range(41) for s in (1, skip)]) for skip in skips]
    spectrum = compute_spectrum(PackedGraphs.from_list(rings), dtype=torch.float64)
    encoding = EncodingSet.from_config(PRESETS["default"]).encode_nodes(spectrum).fields["node_encoding"]
    classes = encoding.view(10, 41, -1)[:, 0]
    assert torch.pdist(classes, p=torch.inf).min() > 1e-5
    degree = EncodingSet.from_config({"degree": True}).encode_nodes(spectrum).fields["node_encoding"]
    assert degree.unique().numel() == 1


@pytest.mark.parametrize(
    ("config", "needs"),
    [
        (PRESETS["default"], {"spectrum"}),
        (PRESETS["rwse"], set()),
        (PRESETS["lappe"], set()),
        (PRESETS["spd"], {"edges"}),
        ({"filters": {"heat": {"times": [1.0]}}, "trainable": True, "pair": False}, {"spectrum"}),
    ],
    ids=["default", "rwse", "lappe", "spd", "trained"],
)
def test_a_batch_needs_what_is_not_stored(config: dict, needs: set[str]) -> None:
    assert EncodingSet.from_config(config).batch_needs == needs


def test_trained_encodings_of_a_former_checkpoint_load() -> None:
    filters = {"walk": {"steps": [1]}, "heat": {"times": [0.5, 2.0]}, "learned": {"channels": 2}}
    trained, fresh = (EncodingSet.from_config({"filters": filters, "trainable": True}) for _ in range(2))
    state = trained.state_dict()
    former = {key.replace("encodings.", "filters.").replace("unconstrained", "free"): state[key] for key in state}
    assert "filters.1.free" in former and len(former) == 5
    fresh.load_state_dict(former)
    assert all(torch.equal(value, state[key]) for key, value in fresh.state_dict().items())


def test_what_reads_spectra_and_what_reads_edges_stand_in_the_order_of_the_encodings() -> None:
    packed = PackedGraphs.from_list([cycle(5), complete(3), graph(4, [(0, 1), (1, 2)]), cycle(3), complete(5)])
    names = ("degree", "landmarks", "electrostatic", "cycles", "rings")  # edges alone: the second and the last two
    params = {"filters": {"walk": {"steps": [2]}}, **dict.fromkeys(names, True), "pair": False}
    bank = EncodingSet.from_config(params)
    spectra = compute_spectrum(packed, operators=bank.operators)
    found = bank.encode_nodes(spectra, lambda: packed).fields["node_encoding"]
    alone = [EncodingSet([one]).encode_nodes(spectra, lambda: packed).fields["node_encoding"] for one in bank.on_nodes]
    torch.testing.assert_close(found, torch.cat(alone, dim=1))
    assert found.size(1) == len(bank.node_channels)
