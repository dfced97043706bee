"""Moments by few steps against those by whole columns and in closed form."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from mspe.encodings.spectrum.chebyshev import column_moments, sparse_operator
from mspe.encodings.spectrum.local_moments import count_steps, local_moments
from mspe.encodings.spectrum.recurrence import torch_matrix
from tests.conftest import cycle, graph
from tests.encodings.fixtures import random_graph, random_weighted


@pytest.mark.parametrize("data", [random_weighted(3), graph(4, [(0, 1), (1, 1)]), random_graph(700, 2000)])
def test_they_are_those_of_whole_columns(data: Data) -> None:
    matrix, _ = sparse_operator(data.edge_index, data.get("edge_weight"), data.num_nodes)
    moments = local_moments(matrix, degree=8, work=np.inf)
    expected = column_moments(torch_matrix(matrix), torch.arange(data.num_nodes), degree=8)
    torch.testing.assert_close(moments, expected, atol=1e-10, rtol=0)


def test_of_a_long_cycle_all_are_little_work() -> None:
    """The walk that returns for the first time otherwise than by its own way back goes round, in 300 steps."""
    matrix, _ = sparse_operator(cycle(300).edge_index, None, 300)
    moments = local_moments(matrix, degree=64)
    torch.testing.assert_close(moments, torch.eye(65)[0].double().expand(300, -1), atol=1e-12, rtol=0)


def test_there_are_as_many_steps_as_the_work_allows() -> None:
    """On a cycle, m steps reach every second node of 2m + 1, so the next product takes 2 (m + 1) multiplications."""
    matrix, _ = sparse_operator(cycle(300).edge_index, None, 300)
    assert [count_steps(matrix, 32, work) for work in (0, 4, 9, 10, 17, 18, 1e9)] == [1, 2, 2, 3, 3, 4, 32]


def test_one_step_is_taken_whatever_its_work() -> None:
    """On a star the centre has all other nodes around it."""
    star = graph(50, [(0, leaf) for leaf in range(1, 50)])
    moments = local_moments(sparse_operator(star.edge_index, None, 50)[0], degree=64, work=0)
    assert moments.shape == (50, 3)
    torch.testing.assert_close(moments[0], torch.tensor([1.0, 0.0, 1.0]).double())  # S² returns to the centre for sure
