"""Filters between pairs of nodes, against eigenvectors and closed forms."""

import math

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import Heat, PersonalizedPageRank, Walk, Wavelet
from mspe.encodings.spectrum.chebyshev import sparse_operator
from mspe.encodings.spectrum.pair_values import (
    apply_filters,
    estimated_pair_values,
    exact_pair_values,
    local_pair_values,
)
from mspe.encodings.spectrum.probes import sampled_nodes
from mspe.encodings.spectrum.recurrence import torch_matrix
from tests.conftest import graph
from tests.encodings.fixtures import random_graph

FILTERS = [Walk([0, 1, 2, 4, 16]), Heat([0.25, 1.0, 8.0, 32.0]), Wavelet([0.5, 8.0]), PersonalizedPageRank([0.1, 0.5])]
COEFFICIENTS = torch.cat([one.chebyshev_coefficients() for one in FILTERS], dim=1)


def response(eigenvalues: Tensor) -> Tensor:
    return torch.cat([one.response(eigenvalues) for one in FILTERS], dim=-1)


def pairs_of(data: Data) -> Tensor:
    """Its edges once each, and every tenth node beside itself."""
    alone = torch.arange(0, data.num_nodes, 10).expand(2, -1)
    return torch.unique(torch.cat([data.edge_index.sort(dim=0).values, alone], dim=1), dim=1)


def by_eigenvectors(data: Data, pairs: Tensor) -> Tensor:
    """Σ_k g(λ_k) U_uk U_vk."""
    matrix = torch.from_numpy(sparse_operator(data.edge_index, None, data.num_nodes)[0].toarray())
    eigenvalues, vectors = torch.linalg.eigh(torch.eye(data.num_nodes) - matrix)
    return (vectors[pairs[0]] * vectors[pairs[1]]) @ response(eigenvalues)


def grid_on_a_torus(rows: int, columns: int) -> Data:
    place = torch.arange(rows * columns).view(rows, columns)
    pairs = torch.cat([torch.stack([place.flatten(), place.roll(-1, dim).flatten()]) for dim in (0, 1)], dim=1)
    return Data(edge_index=torch.cat([pairs, pairs.flip(0)], dim=1), num_nodes=rows * columns)


def on_torus(rows: int, columns: int, pairs: Tensor) -> Tensor:
    """(1/n) Σ_ab g(1 − (cos α_a + cos β_b) / 2) cos(α_a Δr + β_b Δc), where rows differ by Δr and columns by Δc."""
    alpha, beta = (2 * math.pi * torch.arange(size, dtype=torch.float64) / size for size in (rows, columns))
    values = response(1 - (alpha.cos()[:, None] + beta.cos()) / 2)  # [rows, columns, channels]
    down, across = (pairs[1] // columns - pairs[0] // columns) % rows, (pairs[1] - pairs[0]) % columns
    steps, place = torch.unique(torch.stack([down, across]), dim=1, return_inverse=True)
    waves = torch.cos(alpha[:, None, None] * steps[0] + beta[:, None] * steps[1])  # [rows, columns, steps]
    return torch.einsum("abs,abc->sc", waves, values)[place] / (rows * columns)


def estimate(data: Data, pairs: Tensor, work: float, num_probes: int = 512) -> tuple[Tensor, Tensor]:
    matrix, root = sparse_operator(data.edge_index, None, data.num_nodes)
    return estimated_pair_values(matrix, root, pairs, COEFFICIENTS, num_probes, work)


def assert_within_bounds(found: tuple[Tensor, Tensor], exact: Tensor, sampled: Tensor) -> None:
    """See that 95 % of the values of pairs not sampled are within 1.2 times the 95 % quantile of the error."""
    values, error = (part[~sampled].double() for part in found)
    bound = (1.2 * error.abs().quantile(0.95, dim=0)).clamp(min=1e-6)
    assert ((values - exact[~sampled]).abs() <= bound).double().mean(dim=0).min() >= 0.95


def test_exact_values_are_those_of_eigenvectors() -> None:
    data = random_graph(60, 150)
    pairs = pairs_of(data)
    found = exact_pair_values(sparse_operator(data.edge_index, None, 60)[0], pairs, COEFFICIENTS)
    torch.testing.assert_close(found, by_eigenvectors(data, pairs), atol=1e-6, rtol=0)


def test_polynomials_of_few_steps_are_exact_by_local_rows() -> None:
    data = random_graph(60, 100)
    pairs, matrix = pairs_of(data), sparse_operator(data.edge_index, None, 60)[0]
    known = local_pair_values(matrix, pairs, 64, work=300)
    assert 3 <= known.size(1) < 65
    polynomials = torch.eye(65, dtype=torch.float64)[:, : known.size(1)]
    torch.testing.assert_close(known, exact_pair_values(matrix, pairs, polynomials), atol=1e-12, rtol=0)


@pytest.mark.parametrize("work", [0, 300])
def test_most_pairs_of_a_random_graph_are_within_the_bound(work: float) -> None:
    data = random_graph(500, 2000)
    pairs = pairs_of(data)
    found, exact = estimate(data, pairs, work), by_eigenvectors(data, pairs)
    sampled = torch.isin(pairs[1], sampled_nodes(500))
    assert_within_bounds(found, exact, sampled)
    torch.testing.assert_close(found[1][sampled], (found[0] - exact)[sampled], atol=1e-6, rtol=0)  # their own error


@pytest.mark.slow
def test_a_graph_of_20_000_nodes_is_within_the_bound_of_its_closed_form() -> None:
    data = grid_on_a_torus(100, 200)
    pairs = torch.unique(data.edge_index.sort(dim=0).values, dim=1)
    values, error = estimate(data, pairs, work=300, num_probes=128)
    assert_within_bounds((values, error), on_torus(100, 200, pairs), torch.isin(pairs[1], sampled_nodes(20_000)))
    names = [name for one in FILTERS for name in one.channel_names]
    bound = dict(zip(names, error.abs().float().quantile(0.95, dim=0).tolist(), strict=True))
    assert bound["heat(1)"] < 1e-4 and bound["heat(32)"] < 1e-2  # of values of some 0.1 and 0.02


def test_pairs_of_two_components_have_nothing_in_common() -> None:
    """A triangle and an edge beside a random graph: values between components are 0, those within are exact."""
    whole = random_graph(400, 1200)
    extra = graph(405, [(400, 401), (401, 402), (402, 400), (403, 404)]).edge_index
    data = Data(edge_index=torch.cat([whole.edge_index, extra], dim=1), num_nodes=405)
    pairs = torch.tensor([[400, 400, 402, 403], [401, 403, 403, 404]])
    found, exact = estimate(data, pairs, work=3000)[0], by_eigenvectors(data, pairs)
    torch.testing.assert_close(exact[1:3], torch.zeros(2, exact.size(1), dtype=torch.float64), atol=1e-9, rtol=0)
    torch.testing.assert_close(found, exact, atol=1e-6, rtol=0)


def test_all_channels_share_one_recursion() -> None:
    matrix = torch.diag(torch.tensor([1.0, 0.5, -0.25], dtype=torch.float64))
    coefficients = torch.tensor([[0.0, 1.0], [0.0, 0.0], [1.0, 3.0]], dtype=torch.float64)  # T_2, and 1 + 3 T_2
    vectors = torch.arange(6, dtype=torch.float64).view(3, 2)
    second = (2 * matrix @ matrix - torch.eye(3)) @ vectors
    sparse, root = sparse_operator(torch.tensor([[0, 1], [1, 0]]), None, 2)
    found = apply_filters(matrix, vectors, coefficients)
    torch.testing.assert_close(found, torch.stack([second, vectors + 3 * second]))
    swapped = apply_filters(torch_matrix(sparse), torch.eye(2, dtype=torch.float64), torch.eye(2, dtype=torch.float64))
    assert swapped[1].tolist() == [[0.0, 1.0], [1.0, 0.0]] and root.tolist() == [1.0, 1.0]
