"""The spectrum of the Laplacian."""

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import compute_spectrum
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from mspe.graphs import PackedGraphs
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import adjacency


def spectrum(data: Data) -> tuple[Tensor, Tensor]:
    fields = compute_spectrum(PackedGraphs.from_list([data]), dtype=torch.float64).fields
    return fields["eigenvalues"], fields["eigenvectors"].view(data.num_nodes, data.num_nodes)


def test_the_spectrum_rebuilds_the_laplacian(awkward: Data) -> None:
    laplacian, _ = normalized_laplacian(adjacency(awkward)[None])
    eigenvalues, vectors = spectrum(awkward)
    torch.testing.assert_close(vectors @ eigenvalues.diag() @ vectors.T, laplacian[0], atol=1e-12, rtol=0)
    torch.testing.assert_close(vectors.T @ vectors, torch.eye(awkward.num_nodes).double(), atol=1e-12, rtol=0)
    assert eigenvalues.min() >= 0 and eigenvalues.max() <= 2
    assert torch.equal(eigenvalues, eigenvalues.sort().values)


@pytest.mark.parametrize("size", [3, 6, 9])
def test_closed_forms(size: int) -> None:
    angles = torch.arange(size).double() * 2 * torch.pi / size
    torch.testing.assert_close(spectrum(cycle(size))[0], (1 - angles.cos()).sort().values, atol=1e-12, rtol=0)
    expected = torch.tensor([0.0] + [size / (size - 1)] * (size - 1)).double()
    torch.testing.assert_close(spectrum(complete(size))[0], expected, atol=1e-7, rtol=0)


def test_each_component_has_one_zero_eigenvalue_and_so_has_an_isolated_node() -> None:
    data = graph(7, [(0, 1), (1, 2), (3, 4), (4, 5)])  # two paths and node 6
    assert (spectrum(data)[0] < 1e-12).sum() == 3


def test_an_edge_of_weight_zero_leaves_its_node_isolated() -> None:
    data = graph(2, [(0, 1)])
    data.edge_weight = torch.zeros(2)
    assert spectrum(data)[0].tolist() == [0, 0]


def test_graphs_of_many_sizes_keep_their_own_spectrum() -> None:
    graphs = [cycle(4), graph(1, []), cycle(3), cycle(4), complete(5)]
    together = compute_spectrum(PackedGraphs.from_list(graphs))
    for number, data in enumerate(graphs):
        torch.testing.assert_close(together[number].eigenvalues, spectrum(data)[0].float())
