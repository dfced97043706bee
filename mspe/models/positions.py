"""Node encodings that the layers update (LSPE, Dwivedi et al., arXiv 2110.07875)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.utils import scatter

from mspe.graphs import EdgeLayout
from mspe.models.config import ModelParams


class PositionUpdate(nn.Module):
    """One layer's part of a stream p of encodings beside the states x of the nodes.

        pᵢ ← pᵢ + tanh(A pᵢ + b + B mean_j pⱼ) over the edges j → i,    xᵢ ← xᵢ + W pᵢ.

    The layer that follows sees W p in x. As in the paper, p is passed messages of its own, sees neither features nor
    targets but through the gradient, and is squashed by tanh. Where the paper puts p beside the states, and the layer
    multiplies both, here W p is added: the same linear map of the two. Its loss on positions is left out.

    Parameters
    ----------
    params
        The model's shape: `encoding_dim` of p, `hidden_dim` of x.
    """

    def __init__(self, params: ModelParams) -> None:
        super().__init__()
        width = params.encoding_dim
        self.own = nn.Linear(width, width)
        self.passed = nn.Linear(width, width, bias=False)
        self.entry = nn.Linear(width, params.hidden_dim, bias=False)

    def forward(
        self, x: Float[Tensor, "nodes hidden"], position: Float[Tensor, "nodes width"], edges: EdgeLayout
    ) -> tuple[Float[Tensor, "nodes hidden"], Float[Tensor, "nodes width"]]:
        messages = self.passed(position)[edges.source]
        received = scatter(messages, edges.target, dim=0, dim_size=position.size(0), reduce="mean")
        position = position + torch.tanh(self.own(position) + received)
        return x + self.entry(position), position
