"""What the filters compute: closed forms, identities, invariances, independent implementations."""

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.transforms import AddRandomWalkPE

from mspe.common.errors import MspeError
from mspe.encodings import BatchEncodings, EncodingSet, Heat, Spectrum, Walk, compute_spectrum, walk_diagonals
from mspe.encodings.spectrum.laplacian import dense_adjacency, normalized_laplacian
from mspe.graphs import DenseLayout, GraphSchema, PackedGraphs
from tests.conftest import BANK, complete, cycle, graph

TOLERANCE = {"atol": 1e-10, "rtol": 0.0}


def dense_spectrum(*graphs: Data, dtype: torch.dtype = torch.float64) -> Spectrum:
    packed = PackedGraphs.from_list(list(graphs))
    batch = packed.joined(compute_spectrum(packed, dtype=dtype)).collate(range(len(graphs)))
    return batch_spectrum(batch)


def batch_spectrum(batch: Batch) -> Spectrum:
    return BatchEncodings(EncodingSet(), batch, DenseLayout.blocks(batch.ptr)).spectra[0]


def encode(bank: EncodingSet, data: Data) -> tuple[Tensor, Tensor]:
    """Node [n, channels] and pair [n, n, channels] encodings of one graph in float64."""
    spectrum = dense_spectrum(data)
    return bank.node_encoding(spectrum)[0], bank.pair_encoding(spectrum)[0]


def adjacency(data: Data) -> Tensor:
    return dense_adjacency(PackedGraphs.from_list([data]), data.num_nodes, torch.tensor([0]))[0]


@st.composite
def random_graphs(draw: st.DrawFn) -> Data:
    """Graphs with components, isolated nodes, self-loops and repeated edges."""
    size = draw(st.integers(1, 9))
    node = st.integers(0, size - 1)
    return graph(size, draw(st.lists(st.tuples(node, node), max_size=20)))


BANK_MODULE = EncodingSet.from_config(BANK)


def test_the_diagonal_of_the_pair_encoding_is_the_node_encoding(awkward: Data) -> None:
    node, pair = encode(BANK_MODULE, awkward)
    torch.testing.assert_close(pair.diagonal().T, node, **TOLERANCE)


def test_walks_are_powers_of_the_transition_matrix(awkward: Data) -> None:
    matrix = adjacency(awkward)
    isolated = (matrix.sum(1) == 0).double()
    transition = (matrix + isolated.diag()) / (matrix.sum(1) + isolated)[:, None]  # an isolated walker stays
    _, pair = encode(EncodingSet([Walk([0, 1, 2, 5])]), awkward)
    for channel, step in enumerate([0, 1, 2, 5]):
        torch.testing.assert_close(pair[..., channel], torch.linalg.matrix_power(transition, step), **TOLERANCE)


def test_heat_is_the_matrix_exponential(awkward: Data) -> None:
    laplacian, _ = normalized_laplacian(adjacency(awkward)[None])
    _, pair = encode(EncodingSet([Heat([0.3, 7.0])]), awkward)
    for channel, time in enumerate([0.3, 7.0]):
        expected = torch.from_numpy(scipy.linalg.expm(-time * laplacian[0].numpy()))
        torch.testing.assert_close(pair[..., channel], expected, **TOLERANCE)


@settings(deadline=None, max_examples=60)
@given(random_graphs(), st.floats(0.1, 10), st.floats(0.1, 10))
def test_heat_semigroup_and_trace(data: Data, first: float, second: float) -> None:
    if first in (second, first + second):
        return
    _, pair = encode(EncodingSet([Heat([first]), Heat([second]), Heat([first + second])]), data)
    torch.testing.assert_close(pair[..., 0] @ pair[..., 1], pair[..., 2], **TOLERANCE)
    trace = torch.exp(-first * dense_spectrum(data).eigenvalues[0]).sum()
    torch.testing.assert_close(pair[..., 0].trace(), trace, **TOLERANCE)


@settings(deadline=None, max_examples=60)
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


@settings(deadline=None, max_examples=60)
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
    spectrum = dense_spectrum(data)
    values = spectrum.eigenvalues[0].round(decimals=9)
    vectors = spectrum.eigenvectors[0].clone()
    for value in values.unique():
        members = torch.nonzero(values == value).flatten()
        rotation, _ = torch.linalg.qr(torch.randn(len(members), len(members), dtype=torch.float64))
        vectors[:, members] = vectors[:, members] @ rotation
    rotated = Spectrum(spectrum.eigenvalues, vectors[None], spectrum.sqrt_degree)
    for encoding in (BANK_MODULE.node_encoding, BANK_MODULE.pair_encoding):
        torch.testing.assert_close(encoding(rotated), encoding(spectrum), **TOLERANCE)


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


def test_an_isolated_node_has_the_response_at_zero() -> None:
    node, _ = encode(BANK_MODULE, graph(3, [(0, 1)]))
    torch.testing.assert_close(node[2], torch.ones(7).double(), **TOLERANCE)


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


def test_packed_encoding_is_the_encoding_of_each_graph_and_padding_leaks_nothing() -> None:
    graphs = [cycle(3), graph(1, []), complete(6), graph(4, [(0, 1)])]
    packed = PackedGraphs.from_list(graphs)
    encoded = BANK_MODULE.encode_nodes(compute_spectrum(packed, dtype=torch.float64))
    batched = BANK_MODULE.pair_encoding(dense_spectrum(*graphs))
    for number, data in enumerate(graphs):
        node, pair = encode(BANK_MODULE, data)
        torch.testing.assert_close(encoded[number].node_encoding, node, **TOLERANCE)
        torch.testing.assert_close(batched[number, : data.num_nodes, : data.num_nodes], pair, **TOLERANCE)
        assert batched[number, data.num_nodes :].abs().sum() == 0
        assert batched[number, :, data.num_nodes :].abs().sum() == 0


def test_a_spectrum_missing_from_the_batch_is_computed_to_the_same_numbers() -> None:
    packed = PackedGraphs.from_list([cycle(3), graph(4, [(0, 1), (2, 2)])])
    plain, stored = packed.collate([0, 1]), packed.joined(compute_spectrum(packed)).collate([0, 1])
    for name, value in vars(batch_spectrum(plain)).items():
        assert torch.equal(value, getattr(batch_spectrum(stored), name)), name


def test_single_precision_is_close_to_double(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    graphs = [Data(edge_index=data.edge_index, num_nodes=data.num_nodes) for data in molecules[1][:20]]
    single = BANK_MODULE.pair_encoding(dense_spectrum(*graphs, dtype=torch.float32))
    double = BANK_MODULE.pair_encoding(dense_spectrum(*graphs))
    np.testing.assert_allclose(single, double, atol=1e-5)


def test_a_bank_survives_its_configuration_and_names_its_channels() -> None:
    config = BANK_MODULE.config()
    assert (
        config["node_channels"]
        == config["pair_channels"]
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
        ({"haet": {"times": [1]}}, "unknown filter 'haet'; did you mean 'heat'"),
        ({"heat": {"times": []}}, "heat.times: no scales given"),
        ({"heat": {"times": [0.0]}}, "heat.times: got 0.0, allowed: finite numbers above 0"),
        ({"walk": {"steps": [-1]}}, "walk.steps: got -1, allowed: integers of at least 0"),
        ({"walk": {"steps": [1.5]}}, "walk.steps: got 1.5, allowed: integers of at least 0"),
        ({"walk": {"steps": [2, 2]}}, "each scale may stand there once"),
    ],
)
def test_a_wrong_filter_is_named(filters: dict, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        EncodingSet.from_config({"filters": filters, "node": True, "pair": True})


def test_walk_diagonals_need_no_spectrum(awkward: Data, molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    steps = [0, 1, 2, 3, 7, 20]
    for graphs in (PackedGraphs.from_list([awkward]), molecules[1][:20]):
        expected = EncodingSet([Walk(steps)]).encode_nodes(compute_spectrum(graphs, torch.float64))
        result = walk_diagonals(graphs, steps)
        torch.testing.assert_close(result.double(), expected.fields["node_encoding"], atol=1e-6, rtol=0)
