"""Estimates against what they report, on graphs whose values are known."""

import math
from typing import NoReturn

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import EncodingSet, Filter, GraphView, Heat, compute_spectrum
from mspe.encodings.catalogue.filter import integrate
from mspe.encodings.spectrum.chebyshev import sparse_operator, spectral_weights
from mspe.encodings.spectrum.probes import estimated_spectral_weights, sampled_nodes
from mspe.graphs import DenseLayout, PackedGraphs
from tests.conftest import cycle, graph
from tests.encodings.fixtures import random_graph

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


def estimate(data: Data, work: float, num_probes: int = 512) -> tuple[Tensor, Tensor]:
    matrix, root = sparse_operator(data.edge_index, data.get("edge_weight"), data.num_nodes)
    return estimated_spectral_weights(matrix, root, num_probes=num_probes, work=work)


def torus(rows: int, columns: int) -> Data:
    """A grid whose last row and column are joined to the first."""
    across = [(r * columns + c, r * columns + (c + 1) % columns) for r in range(rows) for c in range(columns)]
    down = [(r * columns + c, (r + 1) % rows * columns + c) for r in range(rows) for c in range(columns)]
    return graph(rows * columns, [*across, *down])


def shuffled(data: Data) -> Data:
    """The same graph with its nodes in a random order, which the estimate changes for one of its own."""
    order = torch.randperm(data.num_nodes, generator=torch.Generator().manual_seed(0))
    return Data(edge_index=order[data.edge_index], num_nodes=data.num_nodes)


def on_all_nodes_alike(eigenvalues: Tensor) -> Tensor:
    """Every node of a graph whose nodes are alike has the mean of g over the eigenvalues."""
    return torch.cat([one.response(eigenvalues) for one in FILTERS], dim=-1).mean(dim=0)


def cycle_eigenvalues(nodes: int) -> Tensor:
    return 1.0 - torch.cos(2 * math.pi * torch.arange(nodes, dtype=torch.float64) / nodes)


def torus_eigenvalues(rows: int, columns: int) -> Tensor:
    return ((cycle_eigenvalues(rows)[:, None] + cycle_eigenvalues(columns)) / 2).flatten()


def assert_within_bounds(found: tuple[Tensor, Tensor], exact: Tensor, largest: float) -> None:
    """See that 95 % of the nodes are within each channel's bound, and that no bound is above the largest allowed."""
    weights, error = found
    layout = DenseLayout.from_sizes([len(weights)])
    view = GraphView(layout, lambda: {"spectral_weights_error": error}, _none, _none)
    bounds = {name: bound for one in FILTERS for name, (bound, _) in one.estimated_error(view).items()}
    off = (integrate(FILTERS, weights) - exact).abs()
    for channel, (name, bound) in enumerate(bounds.items()):
        assert bound <= largest, name
        assert (off[:, channel] <= bound).double().mean() >= 0.95, name


def _none() -> NoReturn:
    raise AssertionError("read")


@pytest.mark.parametrize(
    ("data", "eigenvalues", "work", "largest"),
    [
        (cycle(3000), cycle_eigenvalues(3000), 100, 1e-3),
        (cycle(3001), cycle_eigenvalues(3001), 3000, 1e-6),  # no walk of 64 steps goes round
        (torus(30, 41), torus_eigenvalues(30, 41), 100, 1e-2),
        (torus(30, 41), torus_eigenvalues(30, 41), 3000, 1e-3),
        (shuffled(torus(30, 41)), torus_eigenvalues(30, 41), 100, 1e-2),
    ],
    ids=["cycle", "cycle, whole", "torus", "torus, farther", "torus, shuffled"],
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
    torch.testing.assert_close(found[0].sum(dim=1), torch.ones(900).double())


@pytest.mark.parametrize("work", [0, 3000])
def test_nodes_keep_their_places_whatever_order_they_are_computed_in(work: float) -> None:
    """A long path with a tail of leaves, whose nodes differ; their first moments are exact."""
    path = graph(900, [(node, node + 1) for node in range(599)] + [(node, 600 + node) for node in range(300)])
    data = shuffled(path)
    exact = spectral_weights(sparse_operator(data.edge_index, None, 900)[0])
    assert_within_bounds(estimate(data, work), integrate(FILTERS, exact), 5e-2)


def test_what_is_known_makes_an_estimate_more_precise() -> None:
    """By at least a factor of ten where few steps tell most."""
    data = random_graph(900, 4500)
    exact = spectral_weights(sparse_operator(data.edge_index, None, data.num_nodes)[0])
    near, far = (
        (integrate(FILTERS, estimate(data, work)[0]) - integrate(FILTERS, exact)).abs().mean(dim=0) for work in (300, 0)
    )
    heat = [name for one in FILTERS for name in one.channel_names].index("heat(1)")
    assert near[heat] < far[heat] / 10


def test_each_component_keeps_its_own_stationary_distribution() -> None:
    """A random graph beside a triangle, an edge, and a node without edges."""
    whole = random_graph(600, 2400)
    extra = torch.tensor([[600, 601, 602, 601, 602, 600, 603, 604], [601, 602, 600, 600, 601, 602, 604, 603]])
    data = Data(edge_index=torch.cat([whole.edge_index, extra], dim=1), num_nodes=606)
    found = integrate(FILTERS, estimate(data, work=0)[0])
    exact = integrate(FILTERS, spectral_weights(sparse_operator(data.edge_index, None, 606)[0]))
    torch.testing.assert_close(found[605], exact[605], atol=1e-12, rtol=0)
    torch.testing.assert_close(found[600:], exact[600:], atol=5e-2, rtol=0)


def test_the_error_of_sampled_nodes_is_that_of_their_exact_measures() -> None:
    data, sample = random_graph(300, 900), sampled_nodes(300)
    weights, error = estimate(data, work=0, num_probes=64)
    exact = spectral_weights(sparse_operator(data.edge_index, None, 300)[0])
    assert sample.unique().numel() == 64
    torch.testing.assert_close(error[sample], (weights - exact)[sample], atol=1e-12, rtol=0)
    assert sampled_nodes(5).sort().values.tolist() == [0, 1, 2, 3, 4]


def test_a_bound_is_no_less_than_what_sampled_nodes_show() -> None:
    error = torch.zeros(2000, 65)
    error[sampled_nodes(2000)] = 0.01
    view = GraphView(DenseLayout.from_sizes([2000]), lambda: {"spectral_weights_error": error}, _none, _none)
    bound, sampled = Heat([1.0]).estimated_error(view)["heat(1)"]
    assert bound == pytest.approx(1.2 * sampled) and sampled > 0.1
    error[:] = torch.where(error > 0, error, 1e-6)
    bound, sampled = Heat([1.0]).estimated_error(view)["heat(1)"]
    assert bound == sampled > 0.1


def test_more_probes_make_a_smaller_error() -> None:
    errors = [estimate(random_graph(600, 2400), work=0, num_probes=count)[1].norm() for count in (64, 1024)]
    assert errors[1] < errors[0] / 3  # 1 / √16 but for chance


def test_the_log_states_the_error_of_each_channel(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    spectrum = compute_spectrum(PackedGraphs.from_list([random_graph(60, 200)]), backend="stochastic")
    EncodingSet(FILTERS).encode_nodes(spectrum)
    for name in (name for one in FILTERS for name in one.channel_names):
        assert f"{name}: estimated with random probes, 95 % of its errors are at most 1.0e-06" in caplog.text
