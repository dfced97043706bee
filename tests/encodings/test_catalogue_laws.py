"""What holds for every encoding of the catalogue, each exception with its reason."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import BatchEncodings, Encoding, EncodingSet, GraphView, Spectrum, compute_spectrum
from mspe.encodings.catalogue import CATALOGUE
from mspe.encodings.encoding_set import node_channels
from mspe.encodings.spectrum import NORMALIZED, Eigen, magnetic
from mspe.graphs import DenseLayout, PackedGraphs
from tests.conftest import AWKWARD, complete, cycle, graph
from tests.encodings.fixtures import WL_VOCABULARY, encode

PARAMS = {
    "walk": {"steps": [1, 2, 5]},
    "heat": {"times": [0.5, 4.0]},
    "wavelet": {"times": [1.0]},
    "ppr": {"restarts": [0.2]},
    "learned": {"channels": 2},
    "eigenvectors": {"count": 2},
    "distance": {"cap": 3},
    "eigenvector_distance": {"count": 2},
    "magnetic_eigenvectors": {"count": 2, "potentials": [0.1, 0.25]},
    "landmarks": {"count": 3},
    "hierarchical": {"cap": 3, "levels": 2},
    "pearl": {"variant": "basis"},  # random inputs are permuted in distribution alone
    "random_features": {"channels": 3},
    "wl": {"vocabulary": WL_VOCABULARY},
}
OF_A_FILE = {"gpse": "needs a file of weights, and random inputs; see its own tests"}
BASIS = {
    "eigenvectors": "signs and bases of eigenvectors are arbitrary; see its own tests",
    "magnetic_eigenvectors": "so are phases; see its own tests",
}
RANDOM = {"random_features": "permuted in distribution alone: the k-th node of any graph has the same numbers"}
WHOLE = {"eigenvector_distance": "the smallest eigenvectors of a union are not those of its parts"}
PADDING = {"distance": "padding is unreachable"}
TOLERANCE = {"atol": 1e-7, "rtol": 1e-9}  # a distance of 0 is the root of rounding

pytestmark = pytest.mark.filterwarnings("ignore:directed edges")


def bank_of(encoding: type[Encoding]) -> EncodingSet:
    torch.manual_seed(0)
    params = encoding.Params.model_validate(PARAMS.get(encoding.name, {}))
    return EncodingSet([encoding.from_params(params, trainable=False)]).double().eval()


def those(*exceptions: dict[str, str]) -> pytest.MarkDecorator:
    left_out = {name for names in (OF_A_FILE, *exceptions) for name in names}
    chosen = [encoding for encoding in CATALOGUE if encoding.name not in left_out]
    return pytest.mark.parametrize("encoding", chosen, ids=lambda encoding: encoding.name)


def random_graph(seed: int, size: int = 9) -> Data:
    """One-way and two-way edges with weights, loops, and an isolated node."""
    generator = torch.Generator().manual_seed(seed)
    edges = torch.nonzero(torch.rand(size - 1, size - 1, generator=generator) < 0.3).T
    both = torch.cat([edges, edges[:, ::2].flip(0)], dim=1)
    return Data(edge_index=both, edge_weight=torch.rand(both.size(1), generator=generator) + 0.2, num_nodes=size)


def united(*graphs: Data) -> Data:
    """Their disjoint union."""
    ends = np.cumsum([0, *(data.num_nodes for data in graphs)])
    edges = torch.cat([data.edge_index + int(end) for data, end in zip(graphs, ends, strict=False)], dim=1)
    weights = torch.cat([data.get("edge_weight", torch.ones(data.num_edges)) for data in graphs])
    return Data(edge_index=edges, edge_weight=weights, num_nodes=int(ends[-1]))


@those(BASIS, RANDOM)
@pytest.mark.parametrize("seed", [0, 1])
def test_another_order_of_the_nodes_permutes_it(encoding: type[Encoding], seed: int) -> None:
    data, bank = random_graph(seed), bank_of(encoding)
    order = torch.randperm(data.num_nodes, generator=torch.Generator().manual_seed(seed))
    place = torch.argsort(order)  # of each old node among the new
    node, pair = encode(bank, data)
    turned, turned_pair = encode(bank, Data(edge_index=place[data.edge_index], **_weight(data), num_nodes=9))
    torch.testing.assert_close(turned, node[order], **TOLERANCE)
    torch.testing.assert_close(turned_pair, pair[order][:, order], **TOLERANCE)


@those(BASIS, RANDOM, WHOLE)
@pytest.mark.parametrize(
    "parts",
    [
        (random_graph(2), random_graph(3)),
        (cycle(6), complete(4), graph(1, [])),
        (complete(3), complete(3), graph(4, [(0, 1), (1, 2), (2, 3)])),
    ],
    ids=["random", "an isolated node", "equal parts"],
)
def test_a_disjoint_union_is_encoded_as_its_parts(encoding: type[Encoding], parts: tuple[Data, ...]) -> None:
    bank = bank_of(encoding)
    node, pair = encode(bank, united(*parts))
    start = 0
    for part in parts:
        inside = slice(start, start := start + part.num_nodes)
        part.edge_weight = part.get("edge_weight", torch.ones(part.num_edges))
        alone, alone_pair = encode(bank, part)
        torch.testing.assert_close(node[inside], alone, **TOLERANCE)
        torch.testing.assert_close(pair[inside, inside], alone_pair, **TOLERANCE)


@those()
def test_a_batch_holds_what_each_graph_has_alone_and_nothing_on_padding(encoding: type[Encoding]) -> None:
    graphs, bank = [cycle(3), graph(1, []), complete(6), graph(5, [(0, 1), (2, 3)]), cycle(7)], bank_of(encoding)
    packed = PackedGraphs.from_list(graphs)
    spectra = compute_spectrum(packed, dtype=torch.float64, operators=bank.operators)
    whole = packed.with_fields_of(spectra)
    whole = whole.with_fields_of(bank.encode_nodes(spectra, lambda: packed))
    channels = BatchEncodings(bank, whole.collate(range(5)), [DenseLayout.from_sizes([3, 1, 6, 5, 7])])
    node, pair = channels.node(), (channels.pair() if bank.on_pairs else [torch.zeros(5, 7, 7, 0)])[0]
    for number, (data, rows) in enumerate(zip(graphs, node.split([3, 1, 6, 5, 7]), strict=True)):
        alone, alone_pair = encode(bank, data)
        size = data.num_nodes
        torch.testing.assert_close(rows, alone.to(rows.dtype), **TOLERANCE)
        torch.testing.assert_close(pair[number, :size, :size], alone_pair.to(pair.dtype), **TOLERANCE)
        if encoding.name not in PADDING:
            assert pair[number, size:].abs().sum() == pair[number, :, size:].abs().sum() == 0


@those()
def test_what_is_stored_is_what_is_computed_in_single_precision(encoding: type[Encoding]) -> None:
    graphs = PackedGraphs.from_list([random_graph(seed, size) for seed, size in enumerate((9, 4, 12))])
    bank = bank_of(encoding).float()
    spectra = compute_spectrum(graphs, operators=bank.operators)
    stored = graphs.with_fields_of(spectra).with_fields_of(bank.encode_nodes(spectra, lambda: graphs))
    given, computed = (
        BatchEncodings(bank, one.collate(range(3)), DenseLayout.blocks(one.collate(range(3)).ptr))
        for one in (stored, graphs)
    )
    assert given.node().dtype == torch.float32
    torch.testing.assert_close(given.node(), computed.node(), atol=1e-5, rtol=1e-5)
    if not bank.on_pairs:
        return
    assert all(block.dtype == torch.float32 for block in given.pair())
    for one, other in zip(given.pair(), computed.pair(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


@those(BASIS)
@pytest.mark.parametrize(
    "data",
    [cycle(6), complete(5), united(cycle(4), cycle(4), graph(2, []))],
    ids=["cycle", "complete", "several components"],
)
def test_the_basis_of_an_eigenspace_is_all_the_same(encoding: type[Encoding], data: Data) -> None:
    bank = bank_of(encoding)
    packed = PackedGraphs.from_list([data])
    fields = compute_spectrum(packed, dtype=torch.float64, operators={*bank.operators, NORMALIZED}).fields
    layout = DenseLayout.from_sizes([data.num_nodes])

    def view(change: object) -> GraphView:
        own = Spectrum.padded(fields, layout)
        return GraphView(
            layout,
            lambda: {"sqrt_degree": fields["sqrt_degree"]},
            lambda: Spectrum(own.eigenvalues, change(own), own.sqrt_degree),  # type: ignore[operator]
            lambda: (data.edge_index, data.get("edge_weight")),
            lambda name: Eigen((eigen := Eigen.of(name, fields, layout)).eigenvalues, change(eigen)),  # type: ignore[operator]
        )

    plain, turned = view(lambda eigen: eigen.eigenvectors), view(partial(_rotated, torch.Generator().manual_seed(1)))
    torch.testing.assert_close(node_channels(bank.on_nodes, turned), node_channels(bank.on_nodes, plain), **TOLERANCE)
    if bank.on_pairs:
        torch.testing.assert_close(bank.pair(turned), bank.pair(plain), **TOLERANCE)


def _rotated(generator: torch.Generator, eigen: Eigen) -> Tensor:
    """Eigenvectors in another basis of each eigenspace."""
    values, vectors = eigen.eigenvalues[0].round(decimals=9), eigen.eigenvectors[0].clone()
    for value in values.unique():
        members = torch.nonzero(values == value).flatten()
        random = torch.randn(len(members), len(members), dtype=vectors.dtype, generator=generator)
        vectors[:, members] = vectors[:, members] @ torch.linalg.qr(random)[0]
    return vectors[None]


@those()
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_finite_on_graphs_that_break_careless_code(encoding: type[Encoding], weighted: bool) -> None:
    bank = bank_of(encoding).float()
    for data in AWKWARD.values():
        ones = {"edge_weight": torch.ones(data.num_edges)} if weighted else {}
        packed = PackedGraphs.from_list([Data(edge_index=data.edge_index, num_nodes=data.num_nodes, **ones)])
        spectra = compute_spectrum(packed, operators=bank.operators)
        batch = packed.with_fields_of(spectra).collate([0])
        channels = BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr))
        assert channels.node().isfinite().all()
        assert not bank.on_pairs or channels.pair()[0].isfinite().all()


@those()
def test_weights_of_one_are_none_and_weights_of_zero_are_no_edges(encoding: type[Encoding]) -> None:
    if encoding.name in BASIS:
        pytest.skip("bases of eigenvectors are arbitrary")
    bank, data = bank_of(encoding), graph(5, [(0, 1), (1, 2), (2, 0), (2, 3)])
    expected = encode(bank, data)
    ones = Data(edge_index=data.edge_index, edge_weight=torch.ones(8), num_nodes=5)
    further = torch.cat([data.edge_index, torch.tensor([[3, 4], [4, 3]])], dim=1)
    zeros = Data(edge_index=further, edge_weight=torch.tensor([1.0] * 8 + [0.0] * 2), num_nodes=5)
    for one in (ones, zeros):
        for channels, other in zip(encode(bank, one), expected, strict=True):
            torch.testing.assert_close(channels, other, **TOLERANCE)


SCALE_FREE = {"walk", "heat", "wavelet", "ppr", "learned", "diffusion_distance", "communicability", "katz", "distance"}


@pytest.mark.parametrize("name", sorted(SCALE_FREE))
def test_the_unit_of_the_weights_is_all_the_same_where_it_is_said_to_be(name: str) -> None:
    bank = bank_of(next(encoding for encoding in CATALOGUE if encoding.name == name))
    data = random_graph(4)
    doubled = Data(edge_index=data.edge_index, edge_weight=2 * data.edge_weight, num_nodes=9)
    for channels, other in zip(encode(bank, doubled), encode(bank, data), strict=True):
        torch.testing.assert_close(channels, other, **TOLERANCE)


def test_the_operators_that_encodings_read_are_those_that_they_declare() -> None:
    expected = {"biharmonic": {"combinatorial"}, "electrostatic": {"combinatorial"}}
    expected |= {"communicability": {"adjacency"}, "katz": {"adjacency"}}
    expected |= {name: {magnetic(0.1), magnetic(0.25)} for name in ("magnetic", "magnetic_eigenvectors")}
    for encoding in (one for one in CATALOGUE if one.name not in OF_A_FILE):
        (one,) = bank_of(encoding)
        own = {NORMALIZED} if "spectrum" in one.needs else set()
        assert one.operators == expected.get(encoding.name, own)


def _weight(data: Data) -> dict[str, Tensor]:
    return {"edge_weight": data.edge_weight}
