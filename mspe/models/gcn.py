"""Graph convolutions alone, the baseline where few nodes of one graph are labelled."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.utils import scatter

from mspe.encodings import AnyEncodings, BatchEncodings, EncodingSet
from mspe.graphs import DenseLayout, EdgeLayout
from mspe.graphs.features import Features
from mspe.models.config import ModelParams
from mspe.models.encoders import FeatureEncoder, NodeEncoder
from mspe.models.heads import HEADS, OutputNetwork
from mspe.models.inputs import as_batch, as_trained
from mspe.models.recomputed import run_recomputed


class GCNNetwork(nn.Module):
    """The network of Kipf and Welling (arXiv 1609.02907): no residual connections, no norms.

    With P x = Σⱼ (xⱼ + eᵢⱼ) / √(dᵢ dⱼ) over the edges j → i and i itself, dᵢ one more than the number of edges into i,
    layer k is x ← P W x, followed by relu and dropout unless it is the last. The encoder of the nodes is the first W
    and the head the last one, so two layers without encodings are PyG's `GCN` of two. An edge's features, where there
    are any, are embedded as eᵢⱼ, which that one does not read.

    Parameters
    ----------
    params
        `num_layers`, `hidden_dim`, `dropout`, `feature_dropout`, and those of encoder and head.
    num_features, num_edge_features, num_classes, bank, target_level, target_mean, target_std, features
        As `GraphTransformer` has them; pairs are not read.
    """

    def __init__(
        self,
        params: ModelParams,
        num_features: int,
        num_edge_features: int,
        num_classes: int,
        bank: EncodingSet,
        target_level: str = "graph",
        target_mean: Sequence[float] = (),
        target_std: Sequence[float] = (),
        features: Features | None = None,
    ) -> None:
        super().__init__()
        self.bank, self.features, self.num_outputs = bank, features, num_classes
        self.recompute = params.recompute
        width, depth, numbered = params.hidden_dim, params.num_layers, features is not None
        self.node_encoder = NodeEncoder(params, num_features, bank, numbered)
        self.edge_encoder = FeatureEncoder(num_edge_features, width, numbered) if num_edge_features else None
        self.layers = nn.ModuleList(
            GCNLayer(width, params.dropout, weighted=0 < number < depth - 1, last=number == depth - 1)
            for number in range(depth)
        )
        self.head = HEADS[target_level](params, OutputNetwork(params, num_classes, target_mean, target_std))

    def forward(self, batch: Data) -> Float[Tensor, "samples outputs"]:
        batch = as_trained(as_batch(batch), self.features)
        return self.forward_encoded(batch, BatchEncodings(self.bank, batch, DenseLayout.blocks(batch.ptr)))

    def forward_encoded(self, batch: Data, encodings: AnyEncodings) -> Float[Tensor, "samples outputs"]:
        """Predict from a batch in the training data's form and its encodings: tensors alone from here on."""
        edges = EdgeLayout.from_edge_index(batch.edge_index, batch.batch.numel())
        x = self.node_encoder(batch, encodings)
        edge = self._edge_states(batch, edges)
        run = run_recomputed if self.recompute and self.training else nn.Module.__call__
        for layer in self.layers:
            x = run(layer, x, edge, edges)
        return self.head(x, batch)

    def _edge_states(self, batch: Data, edges: EdgeLayout) -> Float[Tensor, "edges hidden"] | None:
        if self.edge_encoder is None:
            return None
        attributes = batch.get("edge_attr")
        return self.edge_encoder(None if attributes is None else attributes[edges.order], edges.order.numel())

    def scale_weights(self) -> dict[str, dict[str, float]]:
        """The learned weight of every channel, by name, under `node`; empty without gates."""
        gate = self.node_encoder.gate
        return {} if gate is None else {"node": gate.weights()}


class GCNLayer(nn.Module):
    """One convolution: x ← dropout(relu(P W x + b)) or, as the last one, x ← P W x.

    Parameters
    ----------
    width
        Channels of the nodes' states.
    dropout
        Probability.
    weighted
        Whether W is learned here; else it is 1, since encoder or head has it.
    last
        Whether the head follows, which has the bias.
    """

    def __init__(self, width: int, dropout: float, weighted: bool, last: bool) -> None:
        super().__init__()
        self.weight = nn.Linear(width, width, bias=False) if weighted else nn.Identity()
        self.bias = None if last else nn.Parameter(torch.zeros(width))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Float[Tensor, "nodes hidden"], edge: Float[Tensor, "edges hidden"] | None, edges: EdgeLayout
    ) -> Float[Tensor, "nodes hidden"]:
        x = propagate(self.weight(x), edge, edges)
        return x if self.bias is None else self.dropout(torch.relu(x + self.bias))


def propagate(
    x: Float[Tensor, "nodes channels"], edge: Float[Tensor, "edges channels"] | None, edges: EdgeLayout
) -> Float[Tensor, "nodes channels"]:
    """Return Σⱼ (xⱼ + eᵢⱼ) / √(dᵢ dⱼ) over the edges j → i and i itself, which has no state of an edge.

    Parameters
    ----------
    x
        The nodes' states.
    edge
        The edges' states in the order of the layout, or none.
    edges
        The edges; d is one more than the number of those into a node.
    """
    root = (edges.target_offsets.diff() + 1).to(x.dtype).rsqrt()[:, None]  # 1 / √d, [nodes, 1]
    messages = x[edges.source] if edge is None else x[edges.source] + edge
    messages = messages * (root[edges.source] * root[edges.target])  # [edges, channels]
    return scatter(messages, edges.target, dim=0, dim_size=x.size(0)) + x * root.square()
