"""Attention among all nodes of a graph."""

import math
from collections.abc import Sequence
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
    """Places of each head's part of a node's state in a block's grid [heads, graphs, size]; computed once per batch.

    Attributes
    ----------
    heads
        Attention heads.
    nodes
        The block's rows among the batch's nodes.
    mask
        Which places of one head's grid hold a node.
    spread
        For every place of three grids (queries, keys, values) the row of the flat states, seen as
        [nodes · 3 · heads, head_dim]; an empty place repeats another node's row.
    collect, collect_one
        Back: for every such row of the flat states its place in the three grids, or in one.
    """

    heads: int
    nodes: slice
    mask: Bool[Tensor, "graphs size"]
    spread: Int[Tensor, " three_grids"]
    collect: Int[Tensor, " rows"]
    collect_one: Int[Tensor, " rows_of_one"]

    @classmethod
    def from_dense(cls, layout: DenseLayout, heads: int) -> "HeadLayout":
        """Build the layout of a block."""
        part = torch.arange(3 * heads, device=layout.slot.device)
        places = layout.mask.numel()
        node = torch.zeros(places, dtype=torch.long, device=part.device)
        node[layout.slot] = torch.arange(layout.slot.numel(), device=part.device)
        collect = layout.slot[:, None] + part * places
        return cls(
            heads=heads,
            nodes=layout.nodes,
            mask=layout.mask,
            spread=(node * (3 * heads) + part[:, None]).flatten(),
            collect=collect.flatten(),
            collect_one=collect[:, :heads].flatten(),
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Heads, graphs, and nodes of the largest graph."""
        return self.heads, self.mask.size(0), self.mask.size(1)

    def padding(self, dtype: torch.dtype) -> Float[Tensor, "heads graphs size size"]:
        """Return what to add to attention scores: −∞ where the key is padding, else 0."""
        zeros = torch.zeros(self.mask.shape, dtype=dtype, device=self.mask.device)
        row = zeros.masked_fill(~self.mask, -math.inf)[None, :, None, :]
        return row.expand(*self.shape, self.mask.size(1)).contiguous()


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
        self, x: Float[Tensor, "nodes hidden"], blocks: Sequence[HeadLayout], biases: Sequence[Tensor]
    ) -> Float[Tensor, "nodes hidden"]:
        """Attend; a block's bias [heads, graphs, size, size] holds −∞ where a key is padding."""
        dropout = self.dropout if self.training else 0.0
        attend = attend_on_cpu if x.device.type == "cpu" else attend_natively
        return self.output(attend(self.input(x), blocks, biases, dropout))


def attend_natively(
    states: Float[Tensor, "nodes three_hidden"],
    blocks: Sequence[HeadLayout],
    biases: Sequence[Tensor],
    dropout: float,
) -> Float[Tensor, "nodes hidden"]:
    """Attention with torch's own kernels."""
    results = []
    for block, bias in zip(blocks, biases, strict=True):
        rows = states[block.nodes].view(block.collect.numel(), -1)
        query, key, value = rows[block.spread].view(3, *block.shape, -1).transpose(1, 2)  # [graphs, heads, size, dim]
        attended = functional.scaled_dot_product_attention(query, key, value, bias.transpose(0, 1), dropout_p=dropout)
        results.append(attended.transpose(0, 1).flatten(0, 2)[block.collect_one].view(-1, states.size(1) // 3))
    return torch.cat(results)


def attend_on_cpu(
    states: Float[Tensor, "nodes three_hidden"],
    blocks: Sequence[HeadLayout],
    biases: Sequence[Tensor],
    dropout: float,
) -> Float[Tensor, "nodes hidden"]:
    """The same, several times faster on a CPU."""
    return _Attention.apply(states, blocks, min(round(256 * dropout), 255), *biases)


class _Attention(torch.autograd.Function):
    """Softmax attention with its gradient written out, for the CPU.

    There torch draws one Bernoulli number after the other for dropout, which takes longer than the rest of the
    attention, and copies queries, keys and values into the grid and then again into the order of the heads. Here a
    random byte decides on each weight, and one gather puts every head's row into place.

    Of one head in one graph, with n nodes and d = head_dim; B is the bias, K ∈ {0, 1} what dropout keeps, and
    c = 256 / (256 − threshold) its correction:

        S = QKᵀ/√d + B      P = softmax(S) by rows      O = c (P ∘ K) V          [n, n], [n, n], [n, d]

    With dO the gradient of O:

        dV = (P ∘ K)ᵀ c dO                                                       [n, d]
        dP = (c dO Vᵀ) ∘ K                                                       [n, n]
        dS = P ∘ (dP − rowsum(dP ∘ P)) = dB                                      [n, n]
        dQ = dS K/√d,  dK = dSᵀ Q/√d                                             [n, d]

    A block of B graphs, padded to n nodes, does this for h · B matrices at once, the head the first dimension.
    """

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx: Any, states: Tensor, blocks: Sequence[HeadLayout], threshold: int, *biases: Tensor) -> Tensor:
        result = states.new_empty(states.size(0), states.size(1) // 3)  # [nodes, h · d]
        saved: list[Tensor | None] = []
        for block, bias in zip(blocks, biases, strict=True):
            rows = states[block.nodes].view(block.collect.numel(), -1)  # [nodes · 3 · h, d]
            grid = rows.index_select(0, block.spread).view(3, -1, block.mask.size(1), rows.size(1))  # [3, h · B, n, d]
            query, key, value = grid.unbind()  # each [h · B, n, d]
            scores = torch.baddbmm(bias.flatten(0, 1), query, key.transpose(1, 2), alpha=query.size(-1) ** -0.5)
            weights = torch.softmax(scores, dim=-1)  # P, [h · B, n, n]
            kept, keep = weights, None
            if threshold:
                keep = _random_bytes(weights.shape).ge(threshold).view(torch.uint8)  # K
                kept = torch.mul(weights, keep, out=scores)  # P ∘ K
            attended = torch.bmm(kept, value).view(-1, rows.size(1))  # O / c, [h · B · n, d]
            if keep is not None:
                attended.mul_(256 / (256 - threshold))
            torch.index_select(attended, 0, block.collect_one, out=result[block.nodes].view(-1, rows.size(1)))
            saved += [grid, weights, keep]
        ctx.save_for_backward(*saved)
        ctx.blocks, ctx.threshold = blocks, threshold
        return result

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        result = gradient.new_empty(gradient.size(0), 3 * gradient.size(1))  # [nodes, 3 · h · d]
        biases: list[Tensor | None] = []
        for number, block in enumerate(ctx.blocks):
            grid, weights, keep = ctx.saved_tensors[3 * number : 3 * number + 3]
            query, key, value = grid.unbind()  # each [h · B, n, d]
            rows = gradient[block.nodes].reshape(-1, grid.size(-1))  # [nodes · h, d]
            attended = torch.zeros_like(query)  # dO in the grid, zero on padding
            attended.view(-1, grid.size(-1)).index_copy_(0, block.collect_one, rows)
            kept = weights
            if keep is not None:
                kept = weights * keep
                attended.mul_(256 / (256 - ctx.threshold))  # c dO
            back = torch.empty_like(grid)  # dQ, dK, dV
            torch.bmm(kept.transpose(1, 2), attended, out=back[2])  # dV
            scores = torch.bmm(attended, value.transpose(1, 2))  # [h · B, n, n]
            if keep is not None:
                scores.mul_(keep)  # dP
            scores = torch._softmax_backward_data(scores, weights, -1, weights.dtype)  # dS
            torch.bmm(scores, key, out=back[0])  # √d dQ
            torch.bmm(scores.transpose(1, 2), query, out=back[1])  # √d dK
            back[:2].mul_(query.size(-1) ** -0.5)
            target = result[block.nodes].view(-1, grid.size(-1))
            torch.index_select(back.view(-1, grid.size(-1)), 0, block.collect, out=target)
            biases.append(scores.view(*block.shape, -1) if ctx.needs_input_grad[3 + number] else None)
        return result, None, None, *biases


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
        self, x: Float[Tensor, "nodes hidden"], blocks: Sequence[HeadLayout], biases: object
    ) -> Float[Tensor, "nodes hidden"]:
        states, results = self.input(x), []
        for block in blocks:
            rows = states[block.nodes].view(block.collect.numel(), -1)
            query, key, value = rows[block.spread].view(3, *block.shape, -1)  # [heads, graphs, size, head_dim]
            query = functional.elu(query) + 1
            key = (functional.elu(key) + 1) * block.mask[:, :, None]
            normaliser = query @ key.sum(dim=-2)[..., None]
            attended = query @ (key.transpose(-1, -2) @ value) / normaliser.clamp_min(1e-6)
            results.append(attended.flatten(0, 2)[block.collect_one].view(-1, x.size(1)))
        return self.output(torch.cat(results))


ATTENTION = {"softmax": SoftmaxAttention, "linear": LinearAttention}
