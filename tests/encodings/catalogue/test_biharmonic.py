"""Biharmonic distance: its definition by the pseudo-inverse, and closed forms."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import Biharmonic, EncodingSet
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import adjacency, encode, weighted

BANK = EncodingSet([Biharmonic()])


def distance(data: Data) -> Tensor:
    return encode(BANK, data)[1][..., 0].expm1()


@pytest.mark.parametrize("weights", [None, [0.5, 2.0, 1.0, 3.0, 0.1]])
def test_it_is_the_distance_of_columns_of_the_pseudo_inverse(weights: list[float] | None) -> None:
    data = graph(5, [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)])
    data = data if weights is None else weighted(data, weights)
    matrix = adjacency(data).numpy()
    inverse = torch.from_numpy(np.linalg.pinv(np.diag(matrix.sum(axis=1)) - matrix, hermitian=True))
    torch.testing.assert_close(distance(data), torch.cdist(inverse, inverse), atol=1e-7, rtol=1e-7)


def test_closed_forms() -> None:
    assert distance(complete(6))[0, 1].item() == pytest.approx(math.sqrt(2) / 6)
    assert distance(graph(5, [(0, i) for i in range(1, 5)]))[1, 2].item() == pytest.approx(math.sqrt(2))  # λ = 1 alone
    assert distance(graph(2, [(0, 1)]))[0, 1].item() == pytest.approx(math.sqrt(2) / 2)
    angles = 2 * math.pi * torch.arange(1, 7).double() / 7
    expected = ((2 - 2 * (2 * angles).cos()) / (2 - 2 * angles.cos()).square()).sum() / 7
    assert distance(cycle(7))[1, 3].item() == pytest.approx(expected.sqrt().item())


def test_components_have_none_between_them_and_each_its_own() -> None:
    node, pair = encode(BANK, graph(6, [(0, 1), (1, 2), (3, 4)]))
    assert pair[0, 3].tolist() == [0, 1] and pair[5, 0].tolist() == [0, 1] and pair[5, 5].tolist() == [0, 0]
    alone, _ = encode(BANK, graph(3, [(0, 1), (1, 2)]))
    torch.testing.assert_close(node[:3], alone)
    row = pair[0, :3, 0]
    torch.testing.assert_close(node[0], torch.stack([row.mean(), row.max(), row.std(correction=0)]))
    assert node[5].abs().sum() == 0


def test_doubled_weights_halve_it_and_loops_change_nothing() -> None:
    data = graph(4, [(0, 1), (1, 2), (2, 3), (3, 1)])
    torch.testing.assert_close(distance(weighted(data, [2.0] * 4)), distance(data) / 2)
    torch.testing.assert_close(distance(graph(4, [(0, 1), (1, 2), (2, 3), (3, 1), (2, 2)])), distance(data))
