"""Orders of nodes against what they are for."""

import numpy as np
import pytest
from numpy.random import default_rng
from torch_geometric.data import Data

from mspe.encodings.spectrum.chebyshev import sparse_operator
from mspe.encodings.spectrum.ordering import cuthill_mckee, distances, local_order
from tests.conftest import cycle
from tests.encodings.fixtures import random_graph


def test_neighbours_on_a_cycle_whose_nodes_are_shuffled_come_to_lie_near_each_other() -> None:
    matrix, _ = sparse_operator(cycle(500).edge_index, None, 500)
    shuffled = default_rng(0).permutation(500)
    matrix = matrix[shuffled][:, shuffled]
    order = local_order(matrix)
    assert np.array_equal(np.sort(order), np.arange(500))
    assert distances(matrix, order).max() == 2  # both ways round at once
    assert distances(matrix, np.arange(500)).mean() > 100


@pytest.mark.parametrize("data", [cycle(500), random_graph(2000, 10_000)], ids=["cycle", "random"])
def test_an_order_that_cannot_be_improved_much_stays(data: Data) -> None:
    matrix, _ = sparse_operator(data.edge_index, None, data.num_nodes)
    assert np.array_equal(local_order(matrix), np.arange(data.num_nodes))


def test_distances_are_those_of_the_reordered_matrix() -> None:
    data = random_graph(60, 150)
    matrix, _ = sparse_operator(data.edge_index, None, 60)
    order = cuthill_mckee(matrix)
    row, column = matrix[order][:, order].nonzero()
    assert np.array_equal(np.sort(np.abs(row - column)), np.sort(distances(matrix, order)))
