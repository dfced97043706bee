"""From pair channels and bonds to a bias of every head's attention scores."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

from mspe.graphs import DenseLayout
from mspe.models.config import ModelParams
from mspe.models.gates import ScaleGate


class PairBias(nn.Module):
    """Pair channels, and the bond between two nodes, as an additive attention bias for every layer and head.

    One network of one hidden layer, applied to each pair of nodes once a batch. A bond enters as channels of its own:
    one-hot for a category, the values themselves for real features, and one channel for a bond that has no known
    category.

    Parameters
    ----------
    params
        The model's shape.
    channel_names
        Of the pair channels.
    num_edge_features
        Width of the edge features; 0 where there are none.
    """

    def __init__(self, params: ModelParams, channel_names: Sequence[str], num_edge_features: int) -> None:
        super().__init__()
        self.num_layers, self.heads = params.num_layers, params.heads
        self.num_edge_features = num_edge_features
        self.gate = ScaleGate(channel_names) if params.scale_gate else None
        self.hidden = nn.Linear(len(channel_names) + num_edge_features + 1, params.pair_dim)
        self.output = nn.Linear(params.pair_dim, params.num_layers * params.heads)

    def forward(
        self,
        encoding: Float[Tensor, "graphs size size channels"],
        block: DenseLayout,
        edge_index: Int[Tensor, "2 edges"],
        edge_attr: Shaped[Tensor, "edges *columns"] | None,
    ) -> Float[Tensor, "layers heads graphs size size"]:
        """The biases of one block, whose edges are given."""
        graphs, size = block.shape
        # The channel comes first, so that each of the two layers is one product over all pairs: with W₁ [hidden,
        # channels] and W₂ [layers · heads, hidden], bias = W₂ relu(W₁ X + b₁) + b₂ of X [channels, graphs · size²].
        # A gate on channels scales the columns of W₁ instead of the rows of X, which are far longer.
        weight = self.hidden.weight
        channels = encoding.permute(3, 0, 1, 2).flatten(1).to(weight.dtype)  # [channels, pairs], already so in memory
        source, target = edge_index
        place = block.pair_slot(target, source)
        bonds = bond_channels(edge_attr, self.num_edge_features, place, channels.size(1)).to(channels.dtype)
        if self.gate is not None:
            weight = weight * torch.cat([self.gate(), weight.new_ones(bonds.size(0))])
        hidden = torch.addmm(self.hidden.bias[:, None], weight, torch.cat([channels, bonds]))  # [hidden, pairs]
        bias = torch.addmm(
            self.output.bias[:, None], self.output.weight, torch.relu_(hidden)
        )  # [layers · heads, pairs]
        return bias.view(self.num_layers, self.heads, graphs, size, size)


def bond_channels(
    edge_attr: Shaped[Tensor, "edges *columns"] | None, width: int, place: Int[Tensor, " edges"], num_pairs: int
) -> Float[Tensor, "width_plus_one pairs"]:
    """Edge features spread over all pairs; the last channel marks a bond without features or of an unknown category.

    Examples
    --------
    >>> bond_channels(torch.tensor([1, 7]), 2, torch.tensor([0, 3]), 4)
    tensor([[0., 0., 0., 0.],
            [1., 0., 0., 0.],
            [0., 0., 0., 1.]])
    """
    channels = torch.zeros(width + 1, num_pairs, device=place.device)
    if edge_attr is None or not width:
        edge_attr = torch.full((place.numel(),), width, device=place.device)
    columns = edge_attr[:, None] if edge_attr.ndim == 1 else edge_attr.flatten(1)
    if columns.is_floating_point():
        channels[:-1].index_add_(1, place, columns.t().to(channels.dtype))
        return channels
    category = torch.where((columns < 0) | (columns >= width), width, columns)
    index = (category * num_pairs + place[:, None]).flatten()
    channels.view(-1).index_add_(0, index, torch.ones(index.numel(), device=place.device))
    return channels
