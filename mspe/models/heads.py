"""From node states to a graph's outputs."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch_geometric.nn import global_add_pool, global_mean_pool

POOLING = {"sum": global_add_pool, "mean": global_mean_pool}


class GraphHead(nn.Module):
    """Pools a graph's nodes and maps the result to its outputs, in the targets' own units.

    Parameters
    ----------
    hidden_dim, num_outputs
        Widths.
    pooling
        `sum` or `mean`.
    mean, std
        Of the training targets, one each; they scale the outputs and travel with the model's state. Without them
        outputs are not scaled.
    """

    def __init__(
        self, hidden_dim: int, num_outputs: int, pooling: str, mean: Sequence[float] = (), std: Sequence[float] = ()
    ) -> None:
        super().__init__()
        self.pool = POOLING[pooling]
        self.network = nn.Sequential(
            nn.Linear(hidden_dim, hidden_dim // 2), nn.ReLU(), nn.Linear(hidden_dim // 2, num_outputs)
        )
        self.register_buffer("mean", torch.tensor(mean or [0.0] * num_outputs))
        self.register_buffer("std", torch.tensor(std or [1.0] * num_outputs))
        self.mean: Tensor
        self.std: Tensor

    def forward(
        self, x: Float[Tensor, "nodes hidden"], batch: Int[Tensor, " nodes"], num_graphs: int
    ) -> Float[Tensor, "graphs outputs"]:
        return self.network(self.pool(x, batch, num_graphs)) * self.std + self.mean
