"""Further operators: their definitions, closed forms, direction, and how their spectra travel."""

import math
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings import compute_spectrum
from mspe.encodings.spectrum import Backend, eigen_fields, further, magnetic
from mspe.graphs import PackedGraphs
from tests.conftest import AWKWARD, complete, cycle, graph

OPERATORS = ["adjacency", "combinatorial", magnetic(0.1), magnetic(0.25)]


def random_digraph(size: int, seed: int = 0, weighted: bool = True) -> Data:
    """With loops, one-way and two-way edges of different weights, and none twice."""
    generator = torch.Generator().manual_seed(seed)
    edges = torch.nonzero(torch.rand(size, size, generator=generator) < 0.3).T
    weight = {"edge_weight": torch.rand(edges.size(1), generator=generator) + 0.1} if weighted else {}
    return Data(edge_index=edges, num_nodes=size, **weight)


def dense(data: Data) -> np.ndarray:
    """A, row the source."""
    matrix = np.zeros((data.num_nodes, data.num_nodes))
    weight = data.get("edge_weight")
    matrix[tuple(data.edge_index.numpy())] = 1.0 if weight is None else weight.double().numpy()
    return matrix


def defined(operator: str, matrix: np.ndarray) -> np.ndarray:
    """The operator's definition, written once more."""
    symmetric = np.maximum(matrix, matrix.T)
    degree = symmetric.sum(axis=1)
    if operator == "adjacency":
        return symmetric
    if operator == "combinatorial":
        return np.diag(degree) - symmetric
    q = float(operator[9:-1])
    inverse = np.diag([1 / math.sqrt(d) if d > 0 else 0.0 for d in degree])
    unit = np.diag((degree > 0).astype(float))
    return unit - inverse @ (symmetric * np.exp(2j * np.pi * q * (matrix - matrix.T))) @ inverse


def eigen(data: Data, operator: str, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    packed = compute_spectrum(PackedGraphs.from_list([data]), dtype=dtype, operators=(operator,))
    values, vectors = (packed.fields[name] for name in eigen_fields(operator))
    return values, vectors.view(data.num_nodes, data.num_nodes)


@pytest.mark.filterwarnings("ignore:directed edges")
@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("weighted", [False, True])
def test_eigenvectors_and_eigenvalues_make_up_the_operator_as_it_is_defined(operator: str, weighted: bool) -> None:
    data = random_digraph(9, weighted=weighted)
    values, vectors = eigen(data, operator)
    assert (values.diff() >= 0).all() and vectors.is_complex() == operator.startswith("magnetic")
    rebuilt = vectors @ torch.diag(values).to(vectors.dtype) @ vectors.mH
    np.testing.assert_allclose(rebuilt.numpy(), defined(operator, dense(data)), atol=1e-12)


def test_closed_forms_on_cycles_and_complete_graphs() -> None:
    angles = 2 * math.pi * torch.arange(7).double() / 7
    torch.testing.assert_close(eigen(cycle(7), "adjacency")[0], (2 * angles.cos()).sort().values)
    torch.testing.assert_close(eigen(cycle(7), "combinatorial")[0], (2 - 2 * angles.cos()).sort().values)
    torch.testing.assert_close(eigen(complete(5), "combinatorial")[0], torch.tensor([0.0, 5, 5, 5, 5]).double())
    one_way = graph(7, [(i, (i + 1) % 7) for i in range(7)], both_directions=False)
    for q in (0.0, 0.1, 0.25):
        expected = (1 - (angles + 2 * math.pi * q).cos()).sort().values
        torch.testing.assert_close(eigen(one_way, magnetic(q))[0], expected)


def test_the_magnetic_laplacian_takes_direction_as_it_is_without_a_warning() -> None:
    data = random_digraph(8, weighted=False)
    turned = Data(edge_index=data.edge_index.flip(0), num_nodes=8)
    with warnings.catch_warnings(action="error"):
        kernels = [vectors @ torch.diag(values).to(vectors) @ vectors.mH for values, vectors in (
            eigen(one, magnetic(0.2)) for one in (data, turned)
        )]  # fmt: skip
    assert kernels[0].imag.abs().max() > 0.1
    torch.testing.assert_close(kernels[0].conj().resolve_conj(), kernels[1])


@pytest.mark.parametrize("q", [0.0, 0.25])
def test_of_symmetric_graphs_it_is_the_normalised_laplacian(awkward: Data, q: float) -> None:
    values, _ = eigen(awkward, magnetic(q))
    normalized = compute_spectrum(PackedGraphs.from_list([awkward]), dtype=torch.float64).fields["eigenvalues"]
    torch.testing.assert_close(values, normalized, atol=1e-12, rtol=0)


def test_only_what_is_asked_for_is_decomposed_and_the_rest_is_as_ever() -> None:
    packed = PackedGraphs.from_list(list(AWKWARD.values()))
    alone, plain = compute_spectrum(packed, operators=("adjacency",)), compute_spectrum(packed)
    assert set(alone.fields) == {"adjacency_eigenvalues", "adjacency_eigenvectors"}
    assert set(plain.fields) == {"eigenvalues", "eigenvectors", "sqrt_degree", "spectral_range"}
    both = compute_spectrum(packed, operators=("adjacency", "normalized"))
    expected = {**alone.fields, **plain.fields}
    assert both.fields.keys() == expected.keys()
    for name, values in expected.items():
        torch.testing.assert_close(both.fields[name], values, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_spectrum_is_saved_cut_into_batches_and_taken_apart_as_it_was(tmp_path: Path, operator: str) -> None:
    packed = PackedGraphs.from_list(list(AWKWARD.values()))
    spectrum = compute_spectrum(packed, operators=(operator,))
    spectrum.save(tmp_path / "spectrum.pt")
    joined = packed.with_fields_of(PackedGraphs.load(tmp_path / "spectrum.pt"))
    values, vectors = eigen_fields(operator)
    batch = joined.collate([1, 6, 0, 7])
    for data, number in zip(batch.to_data_list(), [1, 6, 0, 7], strict=True):
        assert data.num_nodes == packed[number].num_nodes and data[vectors].numel() == data.num_nodes**2
        torch.testing.assert_close(data[values], spectrum[number][values], rtol=0, atol=0)
        torch.testing.assert_close(data[vectors], spectrum[number][vectors], rtol=0, atol=0)
    assert values.isidentifier() and vectors.isidentifier()


@pytest.mark.parametrize("name", ["adjacent", "magnetic", "magnetic()", "magnetic(x)", ""])
def test_an_unknown_operator_is_named(name: str) -> None:
    with pytest.raises(MspeError, match=r"operator .*: unknown; known: normalized, adjacency, combinatorial, magnetic"):
        compute_spectrum(PackedGraphs.from_list([cycle(3)]), operators=(name,))


@pytest.mark.parametrize(("backend", "limit"), [("auto", "of graphs of up to 512 nodes"), ("chebyshev", "dense alone")])
def test_a_graph_too_large_for_eigenvectors_is_refused_in_a_line(backend: Backend, limit: str) -> None:
    packed = PackedGraphs.from_list([cycle(3), cycle(513)])
    with pytest.raises(MspeError) as raised:
        compute_spectrum(packed, backend=backend, operators=("normalized", "combinatorial"))
    message = str(raised.value)
    assert "eigenvectors of the operator combinatorial" in message and limit in message and "\n" not in message
    assert f"encodings.backend={backend}" in message and "513 nodes" in message and "walk, heat" in message


def test_further_operators_are_those_beside_the_normalised_laplacian() -> None:
    assert further([]) == further(["normalized"]) == []
    assert further(["magnetic(0.1)", "normalized", "adjacency"]) == ["adjacency", "magnetic(0.1)"]


@pytest.mark.filterwarnings("ignore:directed edges")
@pytest.mark.parametrize(
    ("index", "weights", "net"),
    [
        ([[0, 1], [1, 2]], [1.0, 2.0], 2.0),
        ([[1, 2, 1], [0, 1, 0]], [1.5, 1.0, 1.5], 3.0),  # repeated: weights add
        ([[0, 1], [1, 0]], [1.0, 6.0], 5.0),
    ],
    ids=["one way", "repeated", "both ways"],
)
def test_a_phase_that_reaches_half_a_turn_is_refused_with_the_largest_potential(
    index: list[list[int]], weights: list[float], net: float
) -> None:
    heavy = Data(edge_index=torch.tensor(index), edge_weight=torch.tensor(weights), num_nodes=3)
    light = Data(edge_index=torch.tensor([[0], [1]]), edge_weight=torch.tensor([0.5]), num_nodes=2)
    graphs = PackedGraphs.from_list([light, heavy])
    message = f"potential {0.5 / net:g} of a magnetic Laplacian, and graph 1 has an edge of weight {net:g} .*below "
    with pytest.raises(MspeError, match=message + f"{0.5 / net:.3g}, .*lower potentials .* or scale edge_weight"):
        compute_spectrum(graphs, operators=(magnetic(0.5 / net),))
    compute_spectrum(graphs, operators=(magnetic(0.49 / net),))


def test_weights_that_are_the_same_both_ways_and_loops_turn_no_phase() -> None:
    index = torch.tensor([[0, 1, 1, 2, 2], [1, 0, 2, 1, 2]])
    data = Data(edge_index=index, edge_weight=torch.tensor([7.0, 7.0, 3.0, 3.0, 9.0]), num_nodes=3)
    torch.testing.assert_close(eigen(data, magnetic(0.5))[0], eigen(data, "normalized")[0])


def test_repeated_edges_without_weights_turn_the_phase_once() -> None:
    data = Data(edge_index=torch.tensor([[0, 0, 0], [1, 1, 1]]), num_nodes=2)
    compute_spectrum(PackedGraphs.from_list([data]), operators=(magnetic(0.4),))
    with pytest.raises(MspeError, match=r"weight 1 .*below 0\.5"):
        compute_spectrum(PackedGraphs.from_list([data]), operators=(magnetic(0.5),))
