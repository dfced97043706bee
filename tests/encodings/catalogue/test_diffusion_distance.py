"""Diffusion distance: its definition, and closed forms on cycles, complete graphs, stars and paths."""

import math

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import DiffusionDistance, EncodingSet, Heat
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import encode, view_of

TIMES = [0.5, 3.0]
BANK = EncodingSet([DiffusionDistance(times=TIMES)])
NEAR = {"atol": 1e-7, "rtol": 1e-9}


def distance(data: Data) -> Tensor:
    return encode(BANK, data)[1]


def test_it_is_the_distance_of_the_heat_of_two_nodes(awkward: Data) -> None:
    _, heat = encode(EncodingSet([Heat(TIMES)]), awkward)
    expected = torch.stack([torch.cdist(kernel, kernel) for kernel in heat.unbind(-1)], dim=-1)
    torch.testing.assert_close(distance(awkward), expected, **NEAR)


def test_closed_forms() -> None:
    for channel, time in enumerate(TIMES):
        angles = 2 * math.pi * torch.arange(6).double() / 6
        decay = torch.exp(-2 * time * (1 - angles.cos()))
        for apart in range(6):
            expected = (decay * (2 - 2 * (angles * apart).cos())).mean().sqrt()
            assert distance(cycle(6))[1, (1 + apart) % 6, channel].item() == pytest.approx(expected.item(), abs=1e-7)
        assert distance(complete(5))[0, 1, channel].item() == pytest.approx(math.sqrt(2) * math.exp(-time * 5 / 4))
        leaves = distance(graph(5, [(0, i) for i in range(1, 5)]))[1, 2, channel]
        assert leaves.item() == pytest.approx(math.sqrt(2) * math.exp(-time))  # they differ in λ = 1 alone
        ends = distance(graph(3, [(0, 1), (1, 2)]))[0, 2, channel]
        assert ends.item() == pytest.approx(math.sqrt(2) * math.exp(-time))


def test_nodes_have_the_mean_over_their_component() -> None:
    node, pair = encode(BANK, graph(4, [(0, 1), (1, 2)]))
    torch.testing.assert_close(node[:3], pair[:3, :3].mean(dim=1))
    assert node[3].abs().sum() == 0 and pair[3, 0].min() > 0.5


def test_alike_nodes_stay_so_in_single_precision() -> None:
    bank = EncodingSet([DiffusionDistance(times=[20.0])])
    star = bank.pair(view_of(graph(40, [(0, i) for i in range(1, 40)]), dtype=torch.float32))[0]
    assert star[1, 2].item() == pytest.approx(math.sqrt(2) * math.exp(-20), abs=1e-7)
