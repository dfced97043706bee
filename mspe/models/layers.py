"""One layer: message passing along edges beside attention among all nodes, then a feed-forward network."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mspe.graphs import EdgeLayout
from mspe.models.attention import ATTENTION, HeadLayout
from mspe.models.config import ModelParams
from mspe.models.local import LOCAL
from mspe.models.norms import NORMS


class GPSLayer(nn.Module):
    """GraphGPS's layer (Rampášek et al., arXiv 2205.12454), with a bias on the attention scores where one is given.

    Without attention, message passing or a feed-forward network it is the layer of the parts that are left.
    """

    def __init__(self, params: ModelParams) -> None:
        super().__init__()
        width, norm = params.hidden_dim, NORMS[params.norm]
        self.local = self.attention = self.feed_forward = None
        if params.local != "none":
            self.local = LOCAL[params.local](params)
            self.local_norm = norm(width)
        if params.attention != "none":
            self.attention = ATTENTION[params.attention](params)
            self.attention_norm = norm(width)
        if params.feed_forward_factor:
            self.feed_forward = FeedForward(params)
            self.norm = norm(width)
        self.dropout = nn.Dropout(params.dropout) if params.dropout else nn.Identity()

    def forward(
        self,
        x: Float[Tensor, "nodes hidden"],
        edge: Float[Tensor, "edges hidden"],
        edges: EdgeLayout,
        blocks: Sequence[HeadLayout],
        biases: Sequence[Tensor],
    ) -> tuple[Float[Tensor, "nodes hidden"], Float[Tensor, "edges hidden"]]:
        branches = []
        if self.local is not None:
            passed, edge = self.local(x, edge, edges)
            branches.append(self.local_norm(_added(x, self.dropout(passed))))
        if self.attention is not None:
            branches.append(self.attention_norm(_added(x, self.dropout(self.attention(x, blocks, biases)))))
        x = _added(branches[0], branches[1]) if len(branches) == 2 else branches[0]
        if self.feed_forward is not None:
            x = self.norm(_added(x, self.dropout(self.feed_forward(x))))
        return x, edge


def _added(x: Float[Tensor, "nodes hidden"], update: Float[Tensor, "nodes hidden"]) -> Float[Tensor, "nodes hidden"]:
    """x + update, in the memory of the update, which no gradient needs: a new tensor costs as much as the addition.

    Under mixed precision the update is the shorter type, and the sum keeps that of x.
    """
    return update.add_(x) if update.dtype == x.dtype else x + update


class FeedForward(nn.Module):
    """A network of one hidden layer, applied to each node."""

    def __init__(self, params: ModelParams) -> None:
        super().__init__()
        hidden = params.feed_forward_factor * params.hidden_dim
        self.input = nn.Linear(params.hidden_dim, hidden)
        self.output = nn.Linear(hidden, params.hidden_dim)
        self.dropout = nn.Dropout(params.dropout) if params.dropout else nn.Identity()

    def forward(self, x: Float[Tensor, "nodes hidden"]) -> Float[Tensor, "nodes hidden"]:
        return self.output(self.dropout(torch.relu_(self.input(x))))
