"""Products of Chebyshev polynomials against their definition."""

from itertools import islice

import pytest
import torch
from scipy.sparse import csr_array

from mspe.encodings.spectrum.recurrence import chebyshev_terms, torch_matrix

SYMMETRIC = torch.tensor([[0.1, 0.4, 0.0], [0.4, -0.2, 0.5], [0.0, 0.5, 0.3]], dtype=torch.float64)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_each_term_is_the_cosine_of_its_multiple_angle(dtype: torch.dtype) -> None:
    values, vectors = torch.linalg.eigh(SYMMETRIC)
    start = torch.arange(6, dtype=torch.float64).view(3, 2) - 2
    matrix = torch_matrix(csr_array(SYMMETRIC.to(dtype).numpy()))
    for order, term in enumerate(islice(chebyshev_terms(matrix, start.to(dtype)), 12)):
        expected = vectors @ torch.diag(torch.cos(order * values.arccos())) @ vectors.T @ start
        torch.testing.assert_close(term.double(), expected, atol=1e-5 if dtype == torch.float32 else 1e-12, rtol=0)


def test_the_start_stays_as_it_is() -> None:
    start = torch.ones(3, 1, dtype=torch.float64)
    list(islice(chebyshev_terms(torch_matrix(csr_array(SYMMETRIC.numpy())), start), 5))
    assert start.flatten().tolist() == [1.0, 1.0, 1.0]
