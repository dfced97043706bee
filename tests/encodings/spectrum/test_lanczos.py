"""Extreme eigenvalues against the dense ones and in closed form."""

import math

import numpy as np
import pytest
import torch

from mspe.encodings import compute_spectrum
from mspe.encodings.spectrum import lanczos
from mspe.encodings.spectrum.chebyshev import sparse_operator
from mspe.encodings.spectrum.lanczos import extreme_eigenpairs, sparse_spectral_range
from mspe.graphs import PackedGraphs
from tests.conftest import graph
from tests.encodings.fixtures import random_graph


def test_the_spectral_range_of_a_long_path_is_that_of_its_cosines() -> None:
    """1 − cos(πk / (n − 1)) are so close near 0 and 2 that Lanczos iteration does not part them."""
    nodes = 3000
    matrix, _ = sparse_operator(graph(nodes, [(i, i + 1) for i in range(nodes - 1)]).edge_index, None, nodes)
    largest, gap = sparse_spectral_range(matrix)
    assert largest == pytest.approx(2.0, abs=1e-12)
    assert gap == pytest.approx(1 - math.cos(math.pi / (nodes - 1)), rel=1e-6)


def test_the_spectral_range_agrees_with_the_dense_one() -> None:
    graphs = PackedGraphs.from_list([random_graph(300, 900)])
    ranges = [
        compute_spectrum(graphs, torch.float64, backend).fields["spectral_range"] for backend in ("dense", "chebyshev")
    ]  # type: ignore[arg-type]
    torch.testing.assert_close(*ranges, atol=1e-6, rtol=0)


@pytest.mark.parametrize("restarts", [100, 1])  # by one alone, the inverse gives them
def test_eigenpairs_satisfy_their_equation(restarts: int) -> None:
    matrix, _ = sparse_operator(random_graph(300, 900).edge_index, None, 300)
    for sign in (1, -1):
        found = extreme_eigenpairs(matrix, 4, sign, restarts=restarts)  # type: ignore[arg-type]
        assert found is not None
        np.testing.assert_allclose(matrix @ found[1], found[1] * found[0], atol=1e-10)
        ordered = np.sort(sign * np.linalg.eigvalsh(matrix.toarray()))[-4:]
        np.testing.assert_allclose(np.sort(sign * found[0]), ordered, atol=1e-10)


def test_where_factors_would_be_large_there_are_none_and_the_range_is_found_roughly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nodes = 900
    matrix, _ = sparse_operator(graph(nodes, [(i, i + 1) for i in range(nodes - 1)]).edge_index, None, nodes)
    monkeypatch.setattr(lanczos, "_RESTARTS", 2)
    monkeypatch.setattr(lanczos, "_MOST_FILL", 800)  # a path has a bandwidth of 1
    assert extreme_eigenpairs(matrix, 2, restarts=2) is None
    largest, gap = sparse_spectral_range(matrix)
    assert largest == pytest.approx(2.0, abs=0.02)
    assert 0 <= gap < 0.02
