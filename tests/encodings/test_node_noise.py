"""Fixed random numbers of nodes: of a graph's own, whatever the batch; the caller's generators stay as they are."""

import numpy as np
import torch

from mspe.encodings.node_noise import node_noise
from mspe.graphs import DenseLayout


def test_a_graph_has_the_same_numbers_in_any_batch_and_no_generator_moves() -> None:
    torch.manual_seed(1)
    np.random.seed(1)
    expected = torch.rand(1), np.random.rand()
    torch.manual_seed(1)
    np.random.seed(1)
    alone = node_noise(DenseLayout.from_sizes([17]), 5)
    together = node_noise(DenseLayout.from_sizes([3, 17, 40], first_node=9), 5)
    assert torch.equal(together[3:20], alone) and torch.equal(together[:3], alone[:3])
    assert (torch.rand(1), np.random.rand()) == expected


def test_they_are_standard_normal() -> None:
    noise = node_noise(DenseLayout.from_sizes([5000]), 4)
    torch.testing.assert_close(noise.T @ noise / 5000, torch.eye(4), atol=0.1, rtol=0)
    assert noise.mean(dim=0).abs().max() < 0.05
