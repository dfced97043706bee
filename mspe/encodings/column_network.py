"""Message passing on the columns of a matrix over nodes: the network that PEARL and SPE share."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from mspe.encodings.spectrum.laplacian import merged_edges

_WIDTH = 32  # of a state, as of the network of a learned filter


class ColumnNetwork(nn.Module):
    """A network of layers that pass messages, applied to each column of a matrix over nodes by itself.

    With S = I − L = D^-½AD^-½ and one column x [nodes, inputs],

        h₀ = x W,   h_{l+1} = h_l + σ(h_l A_l + S h_l B_l),   y = Σ_columns h_last   (or their mean),   y C.

    Permuting the columns changes nothing, and permuting the nodes permutes the result. No layer has a bias, so that
    columns of zeros add nothing: neither padding nor, where each column is zero outside one component, another
    component of the graph. Without edges S is the identity, as L of isolated nodes is zero.

    Parameters
    ----------
    inputs, channels
        Width of what each node has in a column, and of the result.
    layers
        How many, so how many steps along edges a node sees.
    """

    def __init__(self, inputs: int, channels: int, layers: int) -> None:
        super().__init__()
        self.input = nn.Linear(inputs, _WIDTH, bias=False)
        self.own = nn.ModuleList([nn.Linear(_WIDTH, _WIDTH, bias=False) for _ in range(layers)])
        self.passed = nn.ModuleList([nn.Linear(_WIDTH, _WIDTH, bias=False) for _ in range(layers)])
        self.output = nn.Linear(_WIDTH, channels, bias=False)

    @property
    def numbers_per_column(self) -> int:
        """Numbers per node and column that training holds.

        The inputs; of each layer its states and what the nonlinearity has; of one layer, messages and gradients.
        """
        return self.input.in_features + _WIDTH * (2 * len(self.own) + 8)

    def forward(
        self,
        columns: Float[Tensor, "nodes columns inputs"],
        edge_index: Int[Tensor, "2 edges"],
        edge_weight: Float[Tensor, " edges"] | None,
        mean: bool = False,
    ) -> Float[Tensor, "nodes channels"]:
        """Return the sum, or the mean, of what becomes of each column."""
        weight = self.input.weight
        index, values = normalized_adjacency(edge_index, edge_weight, columns.size(0))
        states = self.input(columns.to(weight.dtype))  # [nodes, columns, width]
        for own, passed in zip(self.own, self.passed, strict=True):
            messages = passed(states)
            weighted = messages[index[1]] * values.to(messages.dtype)[:, None, None]  # [edges, columns, width]
            # index_put keeps no values for the backward pass; index_add keeps them all, per edge and column
            received = torch.zeros_like(messages).index_put((index[0],), weighted, accumulate=True)
            states = states + functional.silu(own(states) + received)
        return self.output(states.mean(dim=1) if mean else states.sum(dim=1))


def normalized_adjacency(
    edge_index: Int[Tensor, "2 edges"], edge_weight: Float[Tensor, " edges"] | None, num_nodes: int
) -> tuple[Int[Tensor, "2 entries"], Float[Tensor, " entries"]]:
    """Return rows and columns of the entries of S = I − L = D^-½AD^-½, and the entries in float64.

    Repeated edges, weights, directed edges and isolated nodes (S_ii = 1) are taken as every encoding takes them.

    Examples
    --------
    >>> index, values = normalized_adjacency(torch.tensor([[0, 1], [1, 0]]), None, num_nodes=3)
    >>> index.tolist(), values.tolist()
    ([[0, 1, 2], [1, 0, 2]], [1.0, 1.0, 1.0])
    """
    index, weight = merged_edges(edge_index, edge_weight, num_nodes)
    degree = weight.new_zeros(num_nodes).index_add(0, index[0], weight)
    isolated = torch.nonzero(degree == 0).flatten()
    index = torch.cat([index, isolated.expand(2, -1)], dim=1)
    root = torch.where(degree == 0, 1.0, degree).sqrt()
    weight = torch.cat([weight, weight.new_ones(isolated.numel())])
    return index, weight / (root[index[0]] * root[index[1]])
