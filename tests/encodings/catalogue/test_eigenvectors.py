"""Laplacian eigenvectors: their definition, eigenspaces, components, signs, the sparse solver."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.encodings import Eigenvectors, EncodingSet, compute_spectrum
from mspe.encodings.catalogue.eigenvectors import sparse_eigenvectors
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from mspe.graphs import PackedGraphs
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import adjacency

PATH = graph(5, [(i, i + 1) for i in range(4)])


def eigenvectors(data: Data, count: int) -> torch.Tensor:
    spectrum = compute_spectrum(PackedGraphs.from_list([data]), dtype=torch.float64)
    return EncodingSet([Eigenvectors(count)]).encode_nodes(spectrum).fields["node_encoding"]


def test_they_are_eigenvectors_in_ascending_order_without_the_trivial_one() -> None:
    laplacian, root = normalized_laplacian(adjacency(PATH)[None])
    vectors = eigenvectors(PATH, 4)
    values = torch.linalg.eigvalsh(laplacian[0])[1:]
    torch.testing.assert_close(laplacian[0] @ vectors, vectors * values)
    torch.testing.assert_close(root @ vectors, torch.zeros(1, 4).double(), atol=1e-10, rtol=0)


def test_the_fiedler_vector_separates_two_cliques() -> None:
    edges = (
        [(i, j) for i in range(5) for j in range(i)] + [(5 + i, 5 + j) for i in range(5) for j in range(i)] + [(0, 5)]
    )
    first = eigenvectors(graph(10, edges), 1)[:, 0]
    assert (first[:5].sign() == first[0].sign()).all() and (first[5:].sign() == -first[0].sign()).all()


def test_a_split_eigenspace_is_left_out_and_few_nodes_are_padded() -> None:
    assert eigenvectors(complete(5), 3).abs().max() == 0  # one space of four: none of it fits
    assert eigenvectors(cycle(6), 3)[:, 2].abs().max() == 0 and eigenvectors(cycle(6), 3)[:, :2].abs().min() >= 0
    padded = eigenvectors(graph(3, [(0, 1), (1, 2)]), 5)
    assert padded[:, 2:].abs().max() == 0 and padded[:, :2].norm(dim=0).tolist() == pytest.approx([1, 1])
    assert eigenvectors(graph(1, []), 2).tolist() == [[0, 0]]


def test_the_null_space_of_several_components_loses_only_the_trivial_direction() -> None:
    data = graph(5, [(0, 1), (1, 2), (3, 4)])
    vector = eigenvectors(data, 1)[:, 0]
    _, root = normalized_laplacian(adjacency(data)[None])
    scaled = vector / root[0]
    assert scaled[:3].std() < 1e-10 and scaled[3:].std() < 1e-10 and scaled[0] * scaled[3] < 0
    assert abs(float(vector @ root[0])) < 1e-10


def test_signs_are_fixed_and_the_sparse_solver_agrees() -> None:
    generator = torch.Generator().manual_seed(1)
    pairs = torch.randint(0, 60, (2, 150), generator=generator)
    data = Data(edge_index=torch.cat([pairs, pairs.flip(0)], 1), num_nodes=60)
    dense = eigenvectors(data, 4)
    torch.testing.assert_close(sparse_eigenvectors(data.edge_index, None, 60, 4), dense, atol=1e-6, rtol=0)
    two = PackedGraphs.from_list([data, cycle(7)])
    large = compute_spectrum(two, dtype=torch.float64, backend="chebyshev")
    both = EncodingSet([Eigenvectors(4)]).encode_nodes(large, lambda: two).fields["node_encoding"]
    torch.testing.assert_close(both[:60], dense, atol=1e-6, rtol=0)
    assert dense.gather(0, dense.abs().argmax(0, keepdim=True)).min() > 0
