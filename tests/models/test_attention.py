"""Attention beside torch's own, and its gradient beside finite differences."""

import pytest
import torch
from torch.nn import functional

from mspe.graphs import DenseLayout
from mspe.models.attention import HeadLayout, LinearAttention, attend_natively, attend_on_cpu
from tests.conftest import AWKWARD
from tests.models.fixtures import BATCH, NODES, PARAMS, added, gradients, paddings, random_biases, states

WIDTH, HEADS = 16, 4


def test_attention_on_the_cpu_is_torchs_own(blocks: list[HeadLayout]) -> None:
    x, scores = states(3 * WIDTH), random_biases(blocks)
    padded = added(scores, paddings(blocks))
    direction = torch.randn(NODES, WIDTH)
    ours, torchs = (attend(x, blocks, padded, 0.0) for attend in (attend_on_cpu, attend_natively))
    torch.testing.assert_close(ours, torchs)
    for mine, theirs in zip(
        gradients((ours * direction).sum(), x, *scores), gradients((torchs * direction).sum(), x, *scores), strict=True
    ):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_the_gradient_of_attention_is_that_of_its_finite_differences(dropout: float, blocks: list[HeadLayout]) -> None:
    x, scores = states(3 * WIDTH, dtype=torch.double), random_biases(blocks, torch.double)

    def attend(x: torch.Tensor, *scores: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(3)  # the same mask in every evaluation
        return attend_on_cpu(x, blocks, added(list(scores), paddings(blocks, torch.double)), dropout)

    assert torch.autograd.gradcheck(attend, (x, *scores), fast_mode=True)


def test_dropout_keeps_the_share_and_the_mean() -> None:
    size, count = 64, 64
    layout = HeadLayout.from_dense(DenseLayout.from_sizes([size] * count), 1)
    value = torch.eye(size).repeat(count, 1)  # a head's output is then its row of weights
    x = torch.cat([torch.zeros(count * size, 2 * size), value], dim=1)
    weights = attend_on_cpu(x, [layout], [torch.zeros(1, count, size, size)], 0.3)
    dropped = weights == 0
    assert abs(dropped.float().mean() - 77 / 256) < 0.003  # 0.3 to the nearest 1/256, ± 5 standard deviations
    assert abs(weights.mean() * size - 1) < 0.01
    assert dropped.float().mean(dim=(0)).std() < 0.02  # no column is dropped more than another
    other = attend_on_cpu(x, [layout], [torch.zeros(1, count, size, size)], 0.3)
    assert not torch.equal(weights, other)


def test_linear_attention_is_the_kernels_softmax_free_attention(blocks: list[HeadLayout]) -> None:
    layer, x = LinearAttention(PARAMS), states()
    result = layer(x, blocks, None)
    for graph in range(len(AWKWARD)):
        mine = BATCH.batch == graph
        query, key, value = layer.input(x[mine]).unflatten(1, (3, HEADS, -1)).permute(1, 2, 0, 3)
        kernel = (functional.elu(query) + 1) @ (functional.elu(key) + 1).transpose(1, 2)  # [heads, n, n]
        expected = (kernel / kernel.sum(dim=-1, keepdim=True)) @ value
        torch.testing.assert_close(result[mine], layer.output(expected.transpose(0, 1).flatten(1)))
