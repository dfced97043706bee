"""The conventions of the adjacency and of the Laplacian, in closed forms."""

import warnings

import networkx as nx
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings.spectrum.laplacian import dense_adjacency, merged_edges, normalized_laplacian
from mspe.graphs import PackedGraphs
from tests.conftest import cycle, graph
from tests.encodings.fixtures import adjacency

EXACT = {"atol": 1e-15, "rtol": 0.0}


def laplacian(data: Data) -> Tensor:
    return normalized_laplacian(adjacency(data)[None])[0][0]


def weighted(data: Data, *weights: float) -> Data:
    """A copy whose edges have these weights in one direction and in the other."""
    data = data.clone()
    data.edge_weight = torch.tensor([*weights, *weights])
    return data


def test_the_laplacian_of_a_path() -> None:
    inner = -(0.5**0.5)  # between degrees 1 and 2; −½ between 2 and 2
    expected = [[1, inner, 0, 0], [inner, 1, -0.5, 0], [0, -0.5, 1, inner], [0, 0, inner, 1]]
    torch.testing.assert_close(
        laplacian(graph(4, [(0, 1), (1, 2), (2, 3)])), torch.tensor(expected, dtype=torch.float64), **EXACT
    )


@pytest.mark.parametrize("size", [3, 4, 7])
def test_the_laplacian_of_a_cycle(size: int) -> None:
    identity = torch.eye(size, dtype=torch.float64)
    expected = identity - (identity.roll(1, 0) + identity.roll(-1, 0)) / 2
    torch.testing.assert_close(laplacian(cycle(size)), expected, **EXACT)


def test_it_is_that_of_networkx(awkward: Data) -> None:
    matrix = adjacency(awkward)
    network = nx.from_numpy_array(matrix.numpy())
    expected = torch.as_tensor(nx.normalized_laplacian_matrix(network).toarray())
    torch.testing.assert_close(laplacian(awkward), expected, atol=1e-14, rtol=0)


def test_an_isolated_node_has_a_row_of_zeros_and_a_root_of_one() -> None:
    matrices, root = normalized_laplacian(adjacency(graph(3, [(0, 1)]))[None])
    assert matrices[0].tolist() == [[1, -1, 0], [-1, 1, 0], [0, 0, 0]]
    assert root[0].tolist() == [1, 1, 1]


def test_a_node_with_nothing_but_a_loop_is_a_component_at_rest() -> None:
    matrices, root = normalized_laplacian(adjacency(graph(1, [(0, 0)]))[None])
    assert (matrices.item(), root.item()) == (0, 1)


def test_weights_count_by_their_ratios_alone() -> None:
    path = graph(3, [(0, 1), (1, 2)])
    one, scaled = weighted(path, 1.0, 3.0), weighted(path, 4.0, 12.0)
    torch.testing.assert_close(laplacian(one), laplacian(scaled), **EXACT)
    torch.testing.assert_close(laplacian(one)[1, 2].item(), -(0.75**0.5), **EXACT)
    torch.testing.assert_close(laplacian(weighted(path, 2.0, 2.0)), laplacian(path), **EXACT)
    assert not torch.allclose(laplacian(one), laplacian(path))


def test_repeated_edges_count_once_without_weights_and_add_with_them() -> None:
    repeated = graph(2, [(0, 1), (0, 1)])
    assert adjacency(repeated)[0, 1] == 1
    repeated.edge_weight = torch.tensor([0.5, 1.0, 0.5, 1.0])
    assert adjacency(repeated)[0, 1] == 1.5


def test_a_self_loop_is_kept_and_counts_once_in_the_degree() -> None:
    matrix = adjacency(graph(2, [(0, 0), (0, 1)]))
    assert matrix.tolist() == [[1, 1], [1, 0]]
    assert normalized_laplacian(matrix[None])[1].square().tolist() == [[pytest.approx(2), pytest.approx(1)]]


def test_directed_edges_are_symmetrised_by_the_larger_weight_with_one_warning() -> None:
    directed = graph(3, [(0, 1), (1, 0), (1, 2)], both_directions=False)
    directed.edge_weight = torch.tensor([1.0, 3.0, 2.0])
    with pytest.warns(UserWarning, match="directed edges were symmetrised") as warned:
        matrix = adjacency(directed)
    assert len(warned) == 1
    assert matrix.tolist() == [[0, 3, 0], [3, 0, 2], [0, 2, 0]]


def test_graphs_of_one_size_do_not_mix() -> None:
    graphs = [cycle(3), cycle(5), graph(3, [(0, 1)]), graph(3, [])]
    group = torch.tensor([3, 0, 2])
    together = dense_adjacency(PackedGraphs.from_list(graphs), 3, group)
    for number, matrix in zip(group.tolist(), together, strict=True):
        assert torch.equal(matrix, adjacency(graphs[number]))


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("with_weights", [False, True])
def test_merged_edges_are_those_of_the_dense_matrix(awkward: Data, with_weights: bool, directed: bool) -> None:
    data = awkward.clone()
    if directed:
        data.edge_index = data.edge_index[:, data.edge_index[0] <= data.edge_index[1]]
    if with_weights:
        low, high = data.edge_index.min(0).values, data.edge_index.max(0).values
        data.edge_weight = 1.0 + low + 10 * high if not directed else torch.arange(1.0, data.num_edges + 1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "directed edges were symmetrised")
        expected = adjacency(data)
        index, weight = merged_edges(data.edge_index, data.edge_weight, data.num_nodes)
    matrix = torch.zeros_like(expected)
    matrix[index[0], index[1]] = weight
    assert torch.equal(matrix, expected) and index.size(1) == int((expected != 0).sum())
    places = index[0] * data.num_nodes + index[1]
    assert torch.equal(places, places.unique())  # sorted, and each once
