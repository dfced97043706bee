"""Estimates against what they report, on graphs whose values are known."""

import math

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import EncodingSet, Filter, compute_spectrum
from mspe.encodings.catalogue.filter import integrate
from mspe.encodings.spectrum.chebyshev import quadrature_nodes, sparse_operator, spectral_weights
from mspe.encodings.spectrum.probes import SAMPLED_NODES, Estimate, estimated_spectral_weights
from mspe.graphs import PackedGraphs
from tests.conftest import cycle, graph
from tests.encodings.fixtures import random_graph, view_of

FILTERS = [
    encoding
    for encoding in EncodingSet.from_config(
        {
            "filters": {
                "walk": {"steps": [0, 1, 2, 4, 8, 16, 20]},
                "heat": {"times": [0.25, 1.0, 4.0, 32.0]},
                "wavelet": {"times": [0.5, 8.0]},
                "ppr": {"restarts": [0.1, 0.5]},
            }
        }
    )
    if isinstance(encoding, Filter)
]


def estimate(data: Data, work: float, num_probes: int = 512) -> Estimate:
    matrix, root = sparse_operator(data.edge_index, data.get("edge_weight"), data.num_nodes)
    return estimated_spectral_weights(matrix, root, num_probes=num_probes, work=work)


def torus(rows: int, columns: int) -> Data:
    """A grid whose last row and column are joined to the first."""
    across = [(r * columns + c, r * columns + (c + 1) % columns) for r in range(rows) for c in range(columns)]
    down = [(r * columns + c, (r + 1) % rows * columns + c) for r in range(rows) for c in range(columns)]
    return graph(rows * columns, [*across, *down])


def on_all_nodes_alike(eigenvalues: Tensor) -> Tensor:
    """Every node of a graph whose nodes are alike has the mean of g over the eigenvalues."""
    return torch.cat([one.response(eigenvalues) for one in FILTERS], dim=-1).mean(dim=0)


def cycle_eigenvalues(nodes: int) -> Tensor:
    return 1.0 - torch.cos(2 * math.pi * torch.arange(nodes, dtype=torch.float64) / nodes)


def torus_eigenvalues(rows: int, columns: int) -> Tensor:
    return ((cycle_eigenvalues(rows)[:, None] + cycle_eigenvalues(columns)) / 2).flatten()


def assert_within_bounds(found: Estimate, exact: Tensor, largest: float) -> None:
    """See that 95 % of the nodes are within each channel's bound, and that no bound is above the largest allowed."""
    view = view_of(cycle(3))
    view._read_fields = lambda: {"spectral_weights_error": found.error, "sampled_error": found.sampled[None]}  # type: ignore[method-assign, assignment, misc]
    bounds = {name: bound for one in FILTERS for name, (bound, _) in one.estimated_error(view).items()}
    error = (integrate(FILTERS, found.weights) - exact).abs()
    for channel, (name, bound) in enumerate(bounds.items()):
        assert bound <= largest, name
        assert (error[:, channel] <= bound).double().mean() >= 0.95, name


@pytest.mark.parametrize(
    ("data", "eigenvalues", "work", "largest"),
    [
        (cycle(3000), cycle_eigenvalues(3000), 100, 1e-3),
        (cycle(3001), cycle_eigenvalues(3001), 3000, 1e-6),  # no walk of 64 steps goes round
        (torus(30, 41), torus_eigenvalues(30, 41), 100, 1e-2),
        (torus(30, 41), torus_eigenvalues(30, 41), 3000, 1e-3),
    ],
    ids=["cycle", "cycle, whole", "torus", "torus, farther"],
)
def test_most_nodes_of_a_cycle_and_of_a_grid_are_within_the_bound_of_their_closed_form(
    data: Data, eigenvalues: Tensor, work: float, largest: float
) -> None:
    assert_within_bounds(estimate(data, work), on_all_nodes_alike(eigenvalues), largest)


@pytest.mark.parametrize(("work", "largest"), [(0, 2e-2), (300, 1e-2)])
def test_most_nodes_of_a_random_graph_are_within_the_bound_of_their_exact_values(work: float, largest: float) -> None:
    data = random_graph(900, 4500)
    found = estimate(data, work)
    exact = spectral_weights(sparse_operator(data.edge_index, None, data.num_nodes)[0])
    assert_within_bounds(found, integrate(FILTERS, exact), largest)
    torch.testing.assert_close(found.weights.sum(dim=1), torch.ones(900).double())


def test_what_is_known_makes_an_estimate_more_precise() -> None:
    """By at least a factor of ten where few steps tell most."""
    data = random_graph(900, 4500)
    exact = spectral_weights(sparse_operator(data.edge_index, None, data.num_nodes)[0])
    near, far = (
        (integrate(FILTERS, estimate(data, work).weights) - integrate(FILTERS, exact)).abs().mean(dim=0)
        for work in (300, 0)
    )
    heat = [name for one in FILTERS for name in one.channel_names].index("heat(1)")
    assert near[heat] < far[heat] / 10


def test_each_component_keeps_its_own_stationary_distribution() -> None:
    """A random graph beside a triangle, an edge, and a node without edges."""
    whole = random_graph(600, 2400)
    extra = torch.tensor([[600, 601, 602, 601, 602, 600, 603, 604], [601, 602, 600, 600, 601, 602, 604, 603]])
    data = Data(edge_index=torch.cat([whole.edge_index, extra], dim=1), num_nodes=606)
    found = integrate(FILTERS, estimate(data, work=0).weights)
    exact = integrate(FILTERS, spectral_weights(sparse_operator(data.edge_index, None, 606)[0]))
    torch.testing.assert_close(found[605], exact[605], atol=1e-12, rtol=0)
    torch.testing.assert_close(found[600:], exact[600:], atol=5e-2, rtol=0)


def test_the_error_of_sampled_nodes_is_that_of_their_exact_measures() -> None:
    data = random_graph(50, 150)
    found = estimate(data, work=0, num_probes=64)
    exact = spectral_weights(sparse_operator(data.edge_index, None, 50)[0])
    assert found.sampled.shape == (SAMPLED_NODES, 65)
    assert found.sampled[50:].isnan().all()
    order = (found.weights - exact)[:, 0].sort().values
    torch.testing.assert_close(found.sampled[:50, 0].sort().values, order, atol=1e-12, rtol=0)


def test_more_probes_make_a_smaller_error() -> None:
    errors = [estimate(random_graph(600, 2400), work=0, num_probes=count).error.norm() for count in (64, 1024)]
    assert errors[1] < errors[0] / 3  # 1 / √16 but for chance


def test_graphs_with_and_without_an_estimate_are_measured_beside_each_other() -> None:
    graphs = PackedGraphs.from_list([random_graph(600, 2400), cycle(4)])
    spectrum = compute_spectrum(graphs, backend="stochastic")
    assert spectrum.fields["sampled_error"].shape == (2, SAMPLED_NODES, 65)
    assert spectrum.fields["sampled_error"][1].isnan().any(dim=1).tolist() == [False] * 4 + [True] * 60
    assert spectrum.fields["spectral_weights"].size(1) == quadrature_nodes().numel()
