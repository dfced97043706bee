"""Communicability, against networkx and scipy's matrix exponential."""

import math

import networkx
import pytest
import scipy.linalg
import torch

from mspe.encodings import Communicability, EncodingSet
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import adjacency, encode, random_weighted


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_matrix_exponential(seed: int) -> None:
    data = random_weighted(seed)
    matrix = adjacency(data).numpy()
    radius = scipy.linalg.eigvalsh(matrix).max()
    node, pair = encode(EncodingSet([Communicability(betas=[0.5, 4.0])]), data)
    for channel, beta in enumerate([0.5, 4.0]):
        expected = torch.from_numpy(scipy.linalg.expm(beta * matrix / radius) / math.exp(beta))
        torch.testing.assert_close(pair[..., channel], expected, atol=1e-12, rtol=0)
        torch.testing.assert_close(node[:, channel], expected.diagonal(), atol=1e-12, rtol=0)


def test_at_the_radius_it_is_networkxs_divided_by_its_largest_eigenvalue() -> None:
    network = networkx.karate_club_graph()
    network = networkx.Graph(network.edges)  # without weights
    network = networkx.relabel_nodes(network, {node: place for place, node in enumerate(sorted(network))})
    data = graph(34, list(network.edges))
    radius = float(networkx.adjacency_spectrum(network).real.max())
    _, pair = encode(EncodingSet([Communicability(betas=[radius])]), data)
    for i, row in networkx.communicability_exp(network).items():
        for j, expected in row.items():
            assert pair[i, j].item() * math.exp(radius) == pytest.approx(expected, rel=1e-6)


def test_closed_forms() -> None:
    beta = 2.0
    bank = EncodingSet([Communicability(betas=[beta])])
    other = math.exp(-beta / 5 - beta)  # e^{β λ/ρ − β} of λ/ρ = −1/5
    _, pair = encode(bank, complete(6))
    assert pair[0, 1].item() == pytest.approx((1 - other) / 6)
    assert pair[2, 2].item() == pytest.approx((1 + 5 * other) / 6)
    angles = 2 * math.pi * torch.arange(5).double() / 5
    node, _ = encode(bank, cycle(5))
    assert node[0].item() == pytest.approx(torch.exp(beta * (angles.cos() - 1)).mean().item())
