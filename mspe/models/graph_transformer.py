"""The Graph Transformer: message passing along edges beside attention among all nodes, at every scale of the bank."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Batch
from torch_geometric.nn import GINEConv

from mspe.encodings import BatchEncodings, FilterBank
from mspe.graphs import DenseLayout
from mspe.models.attention import PairBias, SoftmaxAttention
from mspe.models.config import ModelParams
from mspe.models.encoders import FeatureEncoder, NodeEncoder
from mspe.models.heads import GraphHead

NORMS = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}


class GraphTransformerLayer(nn.Module):
    """GraphGPS's layer (arXiv 2205.12454): local and global branch side by side, then a feed-forward network."""

    def __init__(self, params: ModelParams) -> None:
        super().__init__()
        width, norm = params.hidden_dim, NORMS[params.norm]
        self.dropout = nn.Dropout(params.dropout)
        self.local = self.attention = None
        if params.local == "gine":
            network = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
            self.local, self.local_norm = GINEConv(network), norm(width)
        if params.attention == "softmax":
            self.attention = SoftmaxAttention(width, params.heads, params.attention_dropout)
            self.attention_norm = norm(width)
        self.feed_forward = nn.Sequential(
            nn.Linear(width, 2 * width), nn.ReLU(), nn.Dropout(params.dropout), nn.Linear(2 * width, width)
        )
        self.norm = norm(width)

    def forward(
        self,
        x: Float[Tensor, "nodes hidden"],
        batch: Batch,
        edge: Float[Tensor, "edges hidden"],
        layout: DenseLayout,
        bias: Float[Tensor, "graphs #heads #size size"],
    ) -> Float[Tensor, "nodes hidden"]:
        branches = []
        if self.local is not None:
            branches.append(self.local_norm(x + self.dropout(self.local(x, batch.edge_index, edge))))
        if self.attention is not None:
            branches.append(self.attention_norm(x + self.dropout(self.attention(x, layout, bias))))
        x = torch.stack(branches).sum(dim=0) if len(branches) > 1 else branches[0]
        return self.norm(x + self.dropout(self.feed_forward(x)))


class GraphTransformer(nn.Module):
    """Predicts a graph's targets from its nodes, edges and multi-scale encodings.

    Node encodings enter the node states; pair encodings enter every head of every layer as an attention bias. What
    the batch does not carry is computed from its edges with the model's own bank.

    Parameters
    ----------
    params
        The model's shape.
    num_features, num_edge_features
        Widths of the node and edge features; 0 where there are none.
    num_classes
        Outputs a graph.
    bank
        The filters; their channel counts set the encoders' widths.
    target_mean, target_std
        Of the training targets, for a regression.
    """

    def __init__(
        self,
        params: ModelParams,
        num_features: int,
        num_edge_features: int,
        num_classes: int,
        bank: FilterBank,
        target_mean: Sequence[float] = (),
        target_std: Sequence[float] = (),
    ) -> None:
        super().__init__()
        width = params.hidden_dim
        self.bank = bank
        self.node_encoder = NodeEncoder(params, num_features, bank)
        self.edge_encoder = FeatureEncoder(num_edge_features, width)
        self.pair_bias = None
        num_pair_channels = len(bank.pair_channel_names)
        if num_pair_channels and params.attention == "softmax":
            self.pair_bias = PairBias(num_pair_channels, params.pair_dim, params.num_layers, params.heads)
            self.bond_encoder = FeatureEncoder(num_edge_features, params.pair_dim)
        self.layers = nn.ModuleList([GraphTransformerLayer(params) for _ in range(params.num_layers)])
        self.head = GraphHead(width, num_classes, params.pooling, target_mean, target_std)

    def forward(self, batch: Batch) -> Float[Tensor, "graphs outputs"]:
        layout = DenseLayout.from_batch(batch.batch, batch.ptr)
        encodings = BatchEncodings(self.bank, batch, layout)
        x = self.node_encoder(batch, encodings)
        edge = self.edge_encoder(batch.get("edge_attr"), batch.num_edges)
        biases = self._biases(batch, layout, encodings)
        for layer, bias in zip(self.layers, biases, strict=True):
            x = layer(x, batch, edge, layout, bias)
        return self.head(x, batch.batch, batch.num_graphs)

    def _biases(self, batch: Batch, layout: DenseLayout, encodings: BatchEncodings) -> Sequence[Tensor]:
        """One attention bias a layer, −∞ where the key is padding."""
        padding = torch.zeros_like(layout.mask, dtype=self.head.mean.dtype).masked_fill(~layout.mask, -torch.inf)
        padding = padding[:, None, None, :]  # [graphs, 1, 1, size]
        if self.pair_bias is None:
            return [padding] * len(self.layers)
        bond = self.bond_encoder(batch.get("edge_attr"), batch.num_edges)
        return [bias + padding for bias in self.pair_bias(encodings.pair(), bond, batch, layout)]
