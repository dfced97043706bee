"""What encodings make of a spectrum's kernels."""

import pytest
import torch

from mspe.encodings.catalogue.kernel import inverse_eigenvalues, kernels, row_statistics, squared_distances
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import view_of


def test_kernels_are_products_for_every_channel_and_response_of_a_row() -> None:
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(2, 4, 3, dtype=torch.complex128, generator=generator) for _ in range(2))
    shared, own = (
        torch.rand(2, 1, 3, 5, generator=generator).double(),
        torch.rand(2, 4, 3, 5, generator=generator).double(),
    )
    for response in (shared, own):
        expected = torch.einsum("gik,gikc,gjk->gijc", left, response.expand(2, 4, 3, 5) + 0j, right.conj())
        torch.testing.assert_close(kernels(left, response, right), expected)


def test_zero_modes_are_counted_and_padding_has_none() -> None:
    view = view_of(graph(5, [(0, 1), (2, 3)]), complete(3), graph(1, []))
    inverse = inverse_eigenvalues(view, view.spectrum.eigenvalues, "mine")
    assert inverse[0].tolist() == pytest.approx([0, 0, 0, 0.5, 0.5])
    assert inverse[1].tolist() == pytest.approx([0, 2 / 3, 2 / 3, 0, 0]) and inverse[2].abs().sum() == 0


def test_distances_are_those_of_rows_and_0_on_the_diagonal() -> None:
    vectors = torch.randn(2, 5, 5, generator=torch.Generator().manual_seed(0))
    response = torch.rand(2, 5, 1, generator=torch.Generator().manual_seed(1))
    found = squared_distances(vectors, response)
    scaled = (vectors * response.sqrt().mT).double()
    torch.testing.assert_close(found[..., 0].double(), torch.cdist(scaled, scaled).square(), atol=1e-5, rtol=1e-5)
    assert found.diagonal(dim1=1, dim2=2).abs().sum() == 0 and found.dtype == torch.float32


def test_statistics_are_over_a_nodes_component() -> None:
    view = view_of(graph(4, [(0, 1), (1, 2)]), cycle(3))
    values = torch.arange(32.0).view(2, 4, 4)
    found = row_statistics(view, values)
    row = values[0, 1, :3]
    torch.testing.assert_close(found[0, 1], torch.stack([row.mean(), row.max(), row.std(correction=0)]))
    assert found[0, 3].tolist() == [15, 15, 0] and found[1, 3].tolist() == [0, 0, 0]
