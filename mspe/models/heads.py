"""From node states to a task's outputs, in the targets' own units."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch_geometric.data import Batch
from torch_geometric.nn import global_add_pool, global_mean_pool

from mspe.common.errors import MspeError
from mspe.models.config import ModelParams
from mspe.models.norms import BatchNorm

POOLING = {"sum": global_add_pool, "mean": global_mean_pool}


class OutputNetwork(nn.Module):
    """A network whose hidden layers halve in width, and whose outputs are scaled to the targets' units.

    Parameters
    ----------
    params
        `hidden_dim` and `head_depth`.
    num_outputs
        Width of the result.
    mean, std
        Of the training targets, one each; they scale the outputs and travel with the model's state. Without them
        outputs are not scaled.
    """

    def __init__(
        self, params: ModelParams, num_outputs: int, mean: Sequence[float] = (), std: Sequence[float] = ()
    ) -> None:
        super().__init__()
        widths = [params.hidden_dim >> depth for depth in range(params.head_depth + 1)]
        layers: list[nn.Module] = []
        for wide, narrow in pairwise(widths):
            layers += [nn.Linear(wide, narrow), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], num_outputs))
        self.register_buffer("mean", torch.tensor(mean or [0.0] * num_outputs))
        self.register_buffer("std", torch.tensor(std or [1.0] * num_outputs))
        self.mean: Tensor
        self.std: Tensor

    def forward(self, states: Float[Tensor, "samples hidden"]) -> Float[Tensor, "samples outputs"]:
        return self.layers(states) * self.std + self.mean


class GraphHead(nn.Module):
    """One sample a graph: its nodes are pooled."""

    def __init__(self, params: ModelParams, network: OutputNetwork) -> None:
        super().__init__()
        self.pool = POOLING[params.pooling]
        self.network = network

    def forward(self, x: Float[Tensor, "nodes hidden"], batch: Batch) -> Float[Tensor, "graphs outputs"]:
        return self.network(self.pool(x, batch.batch, batch.num_graphs))


class NodeHead(nn.Module):
    """One sample a node."""

    def __init__(self, params: ModelParams, network: OutputNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Float[Tensor, "nodes hidden"], batch: Batch) -> Float[Tensor, "nodes outputs"]:
        return self.network(x)


class EdgeHead(nn.Module):
    """One sample for each pair of nodes to be scored, whichever of the two comes first.

    From the product of the nodes' states and, where there are any, from the pair channels of the two.
    """

    def __init__(self, params: ModelParams, network: OutputNetwork, pair_channels: int = 0) -> None:
        super().__init__()
        self.network = network
        self.pair = None
        if pair_channels:
            self.pair = nn.Sequential(BatchNorm(pair_channels), nn.Linear(pair_channels, params.hidden_dim))

    def forward(
        self,
        x: Float[Tensor, "nodes hidden"],
        batch: Batch,
        channels: Float[Tensor, "pairs channels"] | None = None,
    ) -> Float[Tensor, "pairs outputs"]:
        first, second = supervision_edges(batch)
        states = x[first] * x[second]
        if self.pair is not None and channels is not None:
            states = states + self.pair(channels.to(states.dtype)).to(states.dtype)
        return self.network(states)


def supervision_edges(batch: Batch) -> Int[Tensor, "2 pairs"]:
    """The pairs of nodes to be scored.

    Raises
    ------
    MspeError
        If the batch names none.
    """
    pairs = batch.get("edge_label_index")
    if pairs is None:
        raise MspeError(
            "the batch has no edge_label_index, the pairs of nodes to score: integers of shape [2, pairs]; "
            "add it, or build the model with target_level='graph' or 'node'"
        )
    return pairs


HEADS = {"graph": GraphHead, "node": NodeHead, "edge": EdgeHead}
