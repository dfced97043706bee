"""Message passing along edges."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch_geometric.utils import scatter

from mspe.graphs import EdgeLayout
from mspe.graphs.edges import sum_rows
from mspe.models.config import ModelParams
from mspe.models.norms import NORMS


class GINE(nn.Module):
    """GIN with edge features (Hu et al., arXiv 1905.12265): W₂ relu(W₁ (xᵢ + Σⱼ relu(xⱼ + eᵢⱼ))).

    The same layer as PyG's `GINEConv` around a network of one hidden layer.
    """

    def __init__(self, params: ModelParams) -> None:
        super().__init__()
        width = params.hidden_dim
        self.input = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def forward(
        self, x: Float[Tensor, "nodes hidden"], edge: Float[Tensor, "edges hidden"], edges: EdgeLayout
    ) -> tuple[Float[Tensor, "nodes hidden"], Float[Tensor, "edges hidden"]]:
        gathered = _SumMessages.apply(x, edge, edges)
        return self.output(torch.relu_(self.input(gathered))), edge


class _SumMessages(torch.autograd.Function):
    """yᵢ = xᵢ + Σⱼ relu(xⱼ + eᵢⱼ) over the edges j → i.

    Its gradient is written out because the messages, twice as large as the nodes' states, are then computed again
    instead of kept, and because both directions sum consecutive rows. With g the gradient of y and the mask
    mᵢⱼ = [xⱼ + eᵢⱼ > 0]:

        deᵢⱼ = gᵢ ∘ mᵢⱼ                              [edges, hidden], in the order of the targets i
        dxⱼ = gⱼ + Σᵢ deᵢⱼ over the edges j → i      [nodes, hidden], summed in the order of the sources j
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, edge: Tensor, edges: EdgeLayout) -> Tensor:
        ctx.save_for_backward(x, edge)
        ctx.edges = edges
        messages = x.index_select(0, edges.source).add_(edge).relu_()  # [edges, hidden]
        return sum_rows(messages, edges.rows, edges.target_offsets).add_(x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        x, edge = ctx.saved_tensors
        edges: EdgeLayout = ctx.edges
        positive = x.index_select(0, edges.source).add_(edge).gt_(0)  # m, [edges, hidden]
        messages = gradient.index_select(0, edges.target).mul_(positive)  # de, [edges, hidden]
        return sum_rows(messages, edges.by_source, edges.source_offsets).add_(gradient), messages, None


class GatedGCN(nn.Module):
    """Residual gated graph convolution (Bresson and Laurent, arXiv 1711.07553), as GraphGPS has it.

    Edges carry a state of their own, updated by every layer: ê = A xᵢ + B xⱼ + C eᵢⱼ opens a gate σ(ê) for the message
    V xⱼ, gates of one node are normalised by their sum, and e + relu(norm(ê)) is the edge's next state.
    """

    def __init__(self, params: ModelParams) -> None:
        super().__init__()
        width = params.hidden_dim
        self.nodes = nn.Linear(width, 4 * width)  # A, B, U, V
        self.edge = nn.Linear(width, width)
        self.edge_norm = NORMS[params.norm](width)

    def forward(
        self, x: Float[Tensor, "nodes hidden"], edge: Float[Tensor, "edges hidden"], edges: EdgeLayout
    ) -> tuple[Float[Tensor, "nodes hidden"], Float[Tensor, "edges hidden"]]:
        at_target, at_source, own, message = self.nodes(x).chunk(4, dim=-1)
        update = self.edge(edge) + at_target[edges.target] + at_source[edges.source]
        gate = torch.sigmoid(update)
        count = x.size(0)
        total = scatter(gate * message[edges.source], edges.target, dim=0, dim_size=count)
        weight = scatter(gate, edges.target, dim=0, dim_size=count)
        return own + total / (weight + 1e-6), edge + torch.relu(self.edge_norm(update))


LOCAL = {"gine": GINE, "gatedgcn": GatedGCN}
