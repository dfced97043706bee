"""Attention among all nodes of a graph, with a bias from the pair encoding."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.data import Batch

from mspe.graphs import DenseLayout


class PairBias(nn.Module):
    """Pair channels, and the bond between two atoms, as an additive attention bias for every layer and head.

    A network of one hidden layer, applied to each pair of nodes; the bond's embedding joins its hidden layer.
    """

    def __init__(self, num_channels: int, hidden_dim: int, num_layers: int, heads: int) -> None:
        super().__init__()
        self.num_layers = num_layers
        self.heads = heads
        self.hidden = nn.Conv1d(num_channels, hidden_dim, kernel_size=1)
        self.output = nn.Conv1d(hidden_dim, num_layers * heads, kernel_size=1)

    def forward(
        self,
        encoding: Float[Tensor, "graphs size size channels"],
        bond: Float[Tensor, "edges hidden"],
        batch: Batch,
        layout: DenseLayout,
    ) -> tuple[Float[Tensor, "graphs heads size size"], ...]:
        """One bias a layer."""
        graphs, size = layout.shape
        channels = encoding.permute(0, 3, 1, 2).flatten(2)  # [graphs, channels, size²], already so in memory
        source, target = batch.edge_index
        graph = batch.batch[source]
        pair = (target - batch.ptr[graph]) * size + source - batch.ptr[graph]
        bonds = bond.new_zeros(graphs * size * size, bond.size(1)).index_add(0, graph * size * size + pair, bond)
        hidden = torch.relu(self.hidden(channels) + bonds.view(graphs, size * size, -1).transpose(1, 2))
        bias = self.output(hidden).view(graphs, self.num_layers, self.heads, size, size)
        return bias.unbind(dim=1)


class SoftmaxAttention(nn.Module):
    """Multi-head softmax attention among the nodes of each graph of a batch."""

    def __init__(self, hidden_dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.input = nn.Linear(hidden_dim, 3 * hidden_dim)
        self.output = nn.Linear(hidden_dim, hidden_dim)

    def forward(
        self,
        x: Float[Tensor, "nodes hidden"],
        layout: DenseLayout,
        bias: Float[Tensor, "graphs #heads #size size"],
    ) -> Float[Tensor, "nodes hidden"]:
        """Attend; `bias` holds −∞ where a key is padding."""
        grid = layout.pad(self.input(x)).unflatten(-1, (3, self.heads, -1))
        query, key, value = grid.permute(2, 0, 3, 1, 4)  # each [graphs, heads, size, head_dim]
        dropout = self.dropout if self.training else 0.0
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias, dropout_p=dropout)
        return self.output(layout.flatten(attended.transpose(1, 2).flatten(2)))
