"""Attention among all nodes of a graph."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from mspe.graphs import DenseLayout
from mspe.models.config import ModelParams


@dataclass(frozen=True)
class HeadLayout:
    """Where each head's part of a node's state stands in a grid [heads, graphs, size]; computed once a batch.

    Attributes
    ----------
    heads
        Attention heads.
    mask
        Which places of one head's grid hold a node.
    spread
        For every place of three grids (queries, keys, values) the row of the flat states, seen as
        [nodes · 3 · heads, head_dim]; an empty place repeats another node's row.
    collect, collect_one
        Back: for every such row of the flat states its place in the three grids, or in one.
    """

    heads: int
    mask: Bool[Tensor, "graphs size"]
    spread: Int[Tensor, " three_grids"]
    collect: Int[Tensor, " rows"]
    collect_one: Int[Tensor, " rows_of_one"]

    @classmethod
    def from_dense(cls, layout: DenseLayout, heads: int) -> "HeadLayout":
        """Build the layout of a batch."""
        part = torch.arange(3 * heads, device=layout.slot.device)
        places = layout.mask.numel()
        node = torch.zeros(places, dtype=torch.long, device=part.device)
        node[layout.slot] = torch.arange(layout.slot.numel(), device=part.device)
        collect = layout.slot[:, None] + part * places
        return cls(
            heads=heads,
            mask=layout.mask,
            spread=(node * (3 * heads) + part[:, None]).flatten(),
            collect=collect.flatten(),
            collect_one=collect[:, :heads].flatten(),
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Heads, graphs, and nodes of the largest graph."""
        return self.heads, self.mask.size(0), self.mask.size(1)

    def padding(self, dtype: torch.dtype) -> Float[Tensor, "1 graphs 1 size"]:
        """What to add to attention scores: −∞ where the key is padding, else 0."""
        zeros = torch.zeros(self.mask.shape, dtype=dtype, device=self.mask.device)
        return zeros.masked_fill(~self.mask, -math.inf)[None, :, None, :]


class SoftmaxAttention(nn.Module):
    """Multi-head softmax attention among the nodes of each graph of a batch.

    On a CPU dropout's probability is rounded to a multiple of 1/256.
    """

    def __init__(self, params: ModelParams) -> None:
        super().__init__()
        self.dropout = params.attention_dropout
        self.input = nn.Linear(params.hidden_dim, 3 * params.hidden_dim)
        self.output = nn.Linear(params.hidden_dim, params.hidden_dim)

    def forward(
        self, x: Float[Tensor, "nodes hidden"], layout: HeadLayout, bias: Float[Tensor, "heads graphs size size"]
    ) -> Float[Tensor, "nodes hidden"]:
        """Attend; `bias` holds −∞ where a key is padding."""
        dropout = self.dropout if self.training else 0.0
        states = self.input(x)
        attend = _attend_on_cpu if x.device.type == "cpu" else _attend
        return self.output(attend(states, bias, layout, dropout))


def _attend(
    states: Float[Tensor, "nodes three_hidden"],
    bias: Float[Tensor, "heads graphs size size"],
    layout: HeadLayout,
    dropout: float,
) -> Float[Tensor, "nodes hidden"]:
    """Attention with torch's own kernels."""
    rows = states.view(layout.collect.numel(), -1)
    query, key, value = rows[layout.spread].view(3, *layout.shape, -1).transpose(1, 2)  # [graphs, heads, size, dim]
    attended = functional.scaled_dot_product_attention(query, key, value, bias.transpose(0, 1), dropout_p=dropout)
    return attended.transpose(0, 1).flatten(0, 2)[layout.collect_one].view(states.size(0), -1)


def _attend_on_cpu(
    states: Float[Tensor, "nodes three_hidden"],
    bias: Float[Tensor, "heads graphs size size"],
    layout: HeadLayout,
    dropout: float,
) -> Float[Tensor, "nodes hidden"]:
    """The same, several times faster on a CPU."""
    return _Attention.apply(states.to(bias.dtype), bias, layout, min(round(256 * dropout), 255))


class _Attention(torch.autograd.Function):
    """Softmax attention with its gradient written out, for the CPU.

    There torch draws one Bernoulli number after the other for dropout, which takes longer than the rest of the
    attention, and copies queries, keys and values into the grid and then again into the order of the heads. Here a
    random byte decides on each weight, and one gather puts every head's row into place.
    """

    @staticmethod
    def forward(ctx: Any, states: Tensor, bias: Tensor, layout: HeadLayout, threshold: int) -> Tensor:
        heads, graphs, size = layout.shape
        rows = states.view(layout.collect.numel(), -1)
        grid = rows.index_select(0, layout.spread).view(3, heads * graphs, size, -1)
        query, key, value = grid.unbind()
        scores = torch.baddbmm(bias.flatten(0, 1), query, key.transpose(1, 2), alpha=query.size(-1) ** -0.5)
        weights = torch.softmax(scores, dim=-1)
        kept, keep = weights, None
        if threshold:
            keep = _random_bytes(weights.shape).ge(threshold).view(torch.uint8)  # 0 or 1
            kept = torch.mul(weights, keep, out=scores).mul_(256 / (256 - threshold))
        ctx.save_for_backward(grid, weights, keep)
        ctx.layout, ctx.threshold = layout, threshold
        attended = torch.bmm(kept, value).view(heads * graphs * size, -1)
        return attended.index_select(0, layout.collect_one).view(states.size(0), -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor | None, None, None]:
        grid, weights, keep = ctx.saved_tensors
        layout: HeadLayout = ctx.layout
        heads, graphs, size = layout.shape
        query, key, value = grid.unbind()
        attended = gradient.new_zeros(heads * graphs * size, grid.size(-1))
        attended.index_copy_(0, layout.collect_one, gradient.reshape(layout.collect_one.numel(), -1))
        attended = attended.view_as(query)
        kept, scale = weights, 1.0
        if keep is not None:
            kept, scale = weights * keep, 256 / (256 - ctx.threshold)
            attended.mul_(scale)
        result = torch.empty_like(grid)
        torch.bmm(kept.transpose(1, 2), attended, out=result[2])
        weight_gradient = torch.bmm(attended, value.transpose(1, 2))
        if keep is not None:
            weight_gradient.mul_(keep)
        scores = torch._softmax_backward_data(weight_gradient, weights, -1, weights.dtype)
        torch.bmm(scores, key, out=result[0])
        torch.bmm(scores.transpose(1, 2), query, out=result[1])
        result[:2].mul_(query.size(-1) ** -0.5)
        rows = result.view(-1, grid.size(-1)).index_select(0, layout.collect)
        bias = scores.view(heads, graphs, size, size) if ctx.needs_input_grad[1] else None
        return rows.view(gradient.size(0), -1), bias, None, None


def _random_bytes(shape: torch.Size) -> Tensor:
    """Uniform bytes from torch's generator, eight from each number that it draws."""
    count = math.prod(shape)
    words = torch.empty(-(-count // 8), dtype=torch.int64).random_(-(2**63), None)
    return words.view(torch.uint8)[:count].view(shape)


class LinearAttention(nn.Module):
    """Attention through the kernel elu + 1 (Katharopoulos et al., arXiv 2006.16236): linear in a graph's nodes.

    Scores never exist one by one, so it takes no bias from pairs and no attention dropout.
    """

    def __init__(self, params: ModelParams) -> None:
        super().__init__()
        self.input = nn.Linear(params.hidden_dim, 3 * params.hidden_dim)
        self.output = nn.Linear(params.hidden_dim, params.hidden_dim)

    def forward(
        self, x: Float[Tensor, "nodes hidden"], layout: HeadLayout, bias: None
    ) -> Float[Tensor, "nodes hidden"]:
        rows = self.input(x).view(layout.collect.numel(), -1)
        query, key, value = rows[layout.spread].view(3, *layout.shape, -1)  # [heads, graphs, size, head_dim]
        query = functional.elu(query) + 1
        key = (functional.elu(key) + 1) * layout.mask[:, :, None]
        normaliser = query @ key.sum(dim=-2)[..., None]
        attended = query @ (key.transpose(-1, -2) @ value) / normaliser.clamp_min(1e-6)
        return self.output(attended.flatten(0, 2)[layout.collect_one].view_as(x))


ATTENTION = {"softmax": SoftmaxAttention, "linear": LinearAttention}
