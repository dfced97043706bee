"""One large graph among small ones: each by its own backend, pair channels off for itself alone."""

import pytest
import torch
from torch import Tensor

from mspe.encodings import EncodingSet, GraphStatistics
from mspe.encodings.batch import BatchEncodings
from mspe.encodings.config import EncodingParams
from mspe.encodings.spectrum import compute_spectrum
from mspe.encodings.spectrum.mixed import split_spectra
from mspe.graphs import DenseLayout, GraphLoader, PackedGraphs
from tests.conftest import complete, cycle, graph

BANK = {"filters": {"walk": {"steps": [1, 2, 3]}, "heat": {"times": [1.0]}}, "distance": 3}
GRAPHS = PackedGraphs.from_list([cycle(5), cycle(600), complete(4), graph(1, []), cycle(700), cycle(6)])
SMALL = torch.tensor([0, 2, 3, 5])


def encodings(graphs: PackedGraphs, bank: EncodingSet) -> tuple[Tensor, list[Tensor]]:
    batch = graphs.collate(range(len(graphs)))
    found = BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr))
    return found.node(), found.pair()


def limited(**changes: object) -> EncodingSet:
    return EncodingSet.from_config({**BANK, "max_pair_nodes": 512, **changes})


def test_each_graph_has_its_own_backend() -> None:
    spectrum = compute_spectrum(GRAPHS, backend="auto")
    assert spectrum.fields["has_pairs"].tolist() == [True, False, True, True, False, True]
    (small, dense), (large, measured) = split_spectra(spectrum)
    assert small.tolist() == SMALL.tolist() and large.tolist() == [1, 4]
    alone = compute_spectrum(GRAPHS[SMALL])
    for name, values in alone.fields.items():
        torch.testing.assert_close(dense.fields[name], values, rtol=0, atol=0, equal_nan=True)
    alone = compute_spectrum(GRAPHS[[1, 4]], backend="chebyshev")
    assert set(alone.fields) == set(measured.fields)
    assert torch.equal(alone.fields["spectral_weights"], measured.fields["spectral_weights"])


def test_parts_of_one_dataset_join_whatever_their_sizes() -> None:
    beside = ["dense", "chebyshev"]
    parts = [compute_spectrum(GRAPHS[index], backend="auto", beside=beside) for index in ([0], [1, 2], [3], [4, 5])]
    joined, whole = PackedGraphs.concatenate(parts), compute_spectrum(GRAPHS, backend="auto")
    for name, values in whole.fields.items():
        if name != "eigenvectors":
            torch.testing.assert_close(joined.fields[name], values, equal_nan=True)
    assert joined.fields["eigenvectors"].shape == whole.fields["eigenvectors"].shape


def test_node_encodings_are_those_of_eigenvectors() -> None:
    bank = EncodingSet.from_config({**BANK, "eigenvectors": 2})
    mixed = bank.encode_nodes(compute_spectrum(GRAPHS, backend="auto"), lambda: GRAPHS).fields["node_encoding"]
    dense = bank.encode_nodes(compute_spectrum(GRAPHS, backend="dense"), lambda: GRAPHS).fields["node_encoding"]
    torch.testing.assert_close(mixed[:, :4], dense[:, :4], atol=1e-5, rtol=1e-5)
    rows = GRAPHS.rows("node", SMALL)
    assert torch.equal(mixed[rows], dense[rows])


@pytest.mark.parametrize("trainable", [False, True])
@pytest.mark.parametrize("stored", [False, True])
def test_pair_channels_of_a_large_graph_alone_are_zeros(stored: bool, trainable: bool) -> None:
    bank = limited(trainable=trainable)
    graphs = GRAPHS
    if stored:
        spectrum = compute_spectrum(GRAPHS, backend="auto")
        graphs = GRAPHS.with_fields_of(spectrum).with_fields_of(bank.encode_nodes(spectrum, lambda: GRAPHS))
    node, pair = encodings(graphs, bank)
    expected = EncodingSet.from_config({**BANK, "trainable": trainable})
    rows = GRAPHS.rows("node", SMALL)
    torch.testing.assert_close(node[rows], encodings(GRAPHS[SMALL], expected)[0], atol=1e-6, rtol=1e-5)
    found = [grid for block in pair for grid in block]
    for index, grid in enumerate(found):
        size = int(GRAPHS.num_nodes[index])
        if size > 512:
            assert not grid.any()
            continue
        alone = encodings(GRAPHS[[index]], expected)[1][0][0]
        torch.testing.assert_close(grid[:size, :size], alone, atol=1e-6, rtol=1e-5)


def test_a_limit_below_that_of_eigenvectors_holds_for_pairs_alone() -> None:
    graphs = GRAPHS[SMALL]
    node, pair = encodings(graphs, limited(max_pair_nodes=4))
    torch.testing.assert_close(node, encodings(graphs, limited())[0])
    assert [bool(grid.any()) for block in pair for grid in block] == [False, True, True, False]


def test_a_batch_with_a_large_graph_comes_apart_again() -> None:
    graphs = GRAPHS.with_fields_of(compute_spectrum(GRAPHS, backend="auto"))
    restored = [data for batch in GraphLoader(graphs, 4) for data in batch.to_data_list()]
    assert [data.eigenvectors.numel() for data in restored] == [25, 0, 16, 1, 0, 36]
    assert [data.spectral_weights.size(0) for data in restored] == [0, 600, 0, 0, 700, 0]


def test_one_large_graph_does_not_switch_pairs_off_for_all(caplog: pytest.LogCaptureFixture) -> None:
    params = EncodingParams.model_validate({"filters": {"walk": {"steps": [1, 2]}}, "distance": 3})
    bank = params.resolve(GraphStatistics.of([compute_spectrum(GRAPHS, backend="auto")], 700))
    assert bank.pair and bank.max_pair_nodes == 512
    assert "off (zeros) for graphs of more than 512 nodes: 2 of the 6 training graphs" in caplog.text
    assert EncodingSet.from_config(bank.model_dump()).config().max_pair_nodes == 512
    small = params.resolve(GraphStatistics.of([compute_spectrum(GRAPHS[SMALL])], 6))
    assert small.pair and "max_pair_nodes" not in small.model_dump()


def test_fields_of_edges_are_no_part_of_the_encodings() -> None:
    rings = [cycle(5), cycle(600)]
    for ring in rings:
        ring.edge_attr, ring.edge_weight = torch.rand(ring.num_edges, 2), torch.ones(ring.num_edges)
    graphs = PackedGraphs.from_list(rings)
    spectrum = compute_spectrum(graphs, backend="auto")
    expected = limited().encode_nodes(spectrum, lambda: graphs).fields["node_encoding"]
    joined = limited().encode_nodes(graphs.with_fields_of(spectrum), lambda: graphs)
    assert torch.equal(joined.fields["node_encoding"], expected)
