"""Eigenvectors of magnetic Laplacians: definition, phases, order of the nodes, reversal, graphs without direction."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings import Eigenvectors, EncodingSet, MagneticEigenvectors, compute_spectrum
from mspe.encodings.catalogue.magnetic_eigenvectors import fix_phases
from mspe.graphs import PackedGraphs
from tests.conftest import graph
from tests.encodings.fixtures import encode, random_weighted
from tests.encodings.spectrum.test_operators import defined, dense, random_digraph

NEAR = {"atol": 1e-9, "rtol": 0.0}
pytestmark = pytest.mark.filterwarnings("ignore:directed edges")


def vectors(data: Data, *potentials: float, count: int = 4) -> Tensor:
    """Complex [nodes, potentials, count]."""
    node, _ = encode(EncodingSet([MagneticEigenvectors(count=count, potentials=potentials)]), data)
    parts = node.view(data.num_nodes, len(potentials), 2, count)
    return torch.complex(parts[:, :, 0], parts[:, :, 1])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", [1, 3])
def test_they_solve_the_eigenvalue_equation_and_have_length_one_and_the_phase(weighted: bool, seed: int) -> None:
    data = random_digraph(8, seed=seed, weighted=weighted)
    found = vectors(data, 0.1, 0.25)
    for number, q in enumerate((0.1, 0.25)):
        laplacian = defined(f"magnetic({q})", dense(data))
        columns = found[:, number].numpy()
        values = np.linalg.eigvalsh(laplacian)[:4]
        assert np.abs(laplacian @ columns - columns * values).max() < 1e-9
        assert np.abs(columns.conj().T @ columns - np.eye(4)).max() < 1e-9
        squares = (columns**2).sum(axis=0)
        assert np.abs(squares.imag).max() < 1e-9 and squares.real.min() > 0
        assert np.abs(columns.imag).max() > 0.05


@pytest.mark.parametrize("seed", range(4))
def test_another_order_of_the_nodes_permutes_them(seed: int) -> None:
    data = random_digraph(8, seed=seed)
    order = torch.randperm(8, generator=torch.Generator().manual_seed(seed))
    place = torch.argsort(order)
    turned = Data(edge_index=place[data.edge_index], edge_weight=data.edge_weight, num_nodes=8)
    torch.testing.assert_close(vectors(turned, 0.2), vectors(data, 0.2)[order], **NEAR)


@pytest.mark.parametrize("seed", range(4))
def test_reversing_all_edges_conjugates(seed: int) -> None:
    data = random_digraph(8, seed=seed)
    turned = Data(edge_index=data.edge_index.flip(0), edge_weight=data.edge_weight, num_nodes=8)
    expected = vectors(data, 0.1, 0.25).conj().resolve_conj()
    torch.testing.assert_close(vectors(turned, 0.1, 0.25), expected, **NEAR)


@pytest.mark.parametrize(
    "data",
    [random_weighted(2), graph(7, [(0, 1), (1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (5, 6)]), graph(1, [])],
    ids=["weighted", "unweighted", "single node"],
)
@pytest.mark.parametrize("q", [0.0, 0.25])
def test_a_connected_graph_without_direction_has_the_undirected_ones_behind_the_trivial_one(
    data: Data, q: float
) -> None:
    found = vectors(data, q)[:, 0]
    undirected, _ = encode(EncodingSet([Eigenvectors(3)]), data)
    degree = torch.from_numpy(dense(data)).sum(dim=1).clamp(min=float(data.num_nodes == 1))
    torch.testing.assert_close(found[:, 0].real, (degree / degree.sum()).sqrt(), **NEAR)
    torch.testing.assert_close(found[:, 1:].real, undirected, **NEAR)
    torch.testing.assert_close(found.imag, torch.zeros_like(found.imag), **NEAR)


def test_a_path_is_its_undirected_path_turned_by_its_steps() -> None:
    """Of a tree the phases are a gauge: v_k = u_k e^{−2πiqk} for the node at the end of k steps."""
    data = graph(5, [(i, i + 1) for i in range(4)], both_directions=False)
    first = vectors(data, 0.05)[:, 0, 0]
    steps = (first[1:] * first[:-1].conj()).angle()
    torch.testing.assert_close(steps, torch.full_like(steps, -2 * torch.pi * 0.05), **NEAR)


def test_an_eigenspace_that_the_count_would_split_is_left_out() -> None:
    square = graph(4, [(0, 1), (1, 2), (2, 3), (3, 0)])  # 0, 1, 1, 2
    assert [bool(column.any()) for column in vectors(square, 0.25, count=2)[:, 0].T] == [True, False]
    assert [bool(column.any()) for column in vectors(square, 0.25, count=3)[:, 0].T] == [True, True, True]


def test_where_the_squares_vanish_those_by_degree_decide_and_else_the_phase_stays() -> None:
    around = torch.polar(torch.ones(4), torch.arange(4) * torch.pi / 2)[None, :, None] / 2  # 1, i, −1, −i
    even = torch.ones(1, 4)
    torch.testing.assert_close(fix_phases(around, even), around)
    uneven = torch.tensor([[2.0, 1.0, 1.0, 1.0]])
    turned = fix_phases(around * torch.tensor(0.6 + 0.8j), uneven)
    torch.testing.assert_close(turned, around, atol=1e-6, rtol=0)


def test_large_graphs_are_refused_in_one_line() -> None:
    large = PackedGraphs.from_list([graph(600, [(i, i + 1) for i in range(599)])])
    with pytest.raises(MspeError, match=r"magnetic\(0.25\).*512 nodes"):
        compute_spectrum(large, backend="auto", operators=MagneticEigenvectors(count=2).operators)
