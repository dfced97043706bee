"""Graph networks over multi-scale encodings: the Graph Transformer, GraphGPS and plain message passing."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch_geometric.data import Data

from mspe.encodings import AnyEncodings, BatchEncodings, EncodingSet
from mspe.graphs import DenseLayout, EdgeLayout
from mspe.graphs.features import Features
from mspe.models.attention import HeadLayout
from mspe.models.config import ModelParams
from mspe.models.encoders import EdgeChannelEncoder, FeatureEncoder, NodeEncoder
from mspe.models.heads import HEADS, OutputNetwork, supervision_edges
from mspe.models.inputs import as_batch, as_trained
from mspe.models.layers import GPSLayer
from mspe.models.pairs import PairBias
from mspe.models.positions import PositionUpdate
from mspe.models.recomputed import run_recomputed


class GraphTransformer(nn.Module):
    """Predicts from a graph's nodes, edges and multi-scale encodings.

    Node encodings enter the node states; pair encodings enter every head of every layer as an attention bias and, where
    pairs of nodes are scored, the score; those at edges alone enter the edges' states. What the batch does not carry is
    computed from its edges with the model's own bank.

    Parameters
    ----------
    params
        The model's shape.
    num_features, num_edge_features
        Widths of the node and edge features; 0 where there are none.
    num_classes
        Outputs a sample.
    bank
        The encodings; their channel counts set the encoders' widths.
    target_level
        What a sample is: a `graph`, a `node`, or an `edge`, that is a pair of nodes of `batch.edge_label_index`.
    target_mean, target_std
        Of the training targets, for a regression.
    features
        Tables that number and scale the features of a batch which is not marked as brought into their form; None: a
        batch's features are taken as they are.
    """

    uses_pairs = True
    """Whether attention scores have a bias from pairs."""

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
        self.bank = bank
        self.features = features
        self.num_outputs = num_classes
        self.heads, self.attention, self.recompute = params.heads, params.attention, params.recompute
        numbered = features is not None
        self.node_encoder = NodeEncoder(params, num_features, bank, numbered)
        self.edge_encoder = FeatureEncoder(num_edge_features, params.hidden_dim, numbered)
        self.edge_channels = EdgeChannelEncoder(params, bank.edge_channels) if bank.edge_channels else None
        self.pair_bias = None
        if self.uses_pairs and params.attention == "softmax" and bank.pair_channels:
            self.pair_bias = PairBias(params, bank.pair_channels, num_edge_features)
        self.layers = nn.ModuleList([GPSLayer(params) for _ in range(params.num_layers)])
        self.encoding_dim = params.encoding_dim
        updated = params.update_encodings and self.node_encoder.encoding is not None
        self.position_updates = nn.ModuleList([PositionUpdate(params) for _ in self.layers] if updated else [])
        network = OutputNetwork(params, num_classes, target_mean, target_std)
        self.scores_pairs = target_level == "edge" and self.pair_bias is not None
        further = [len(bank.pair_channels)] if self.scores_pairs else []
        self.head = HEADS[target_level](params, network, *further)

    def forward(self, batch: Data) -> Float[Tensor, "samples outputs"]:
        batch = as_trained(as_batch(batch), self.features)
        return self.forward_encoded(batch, BatchEncodings(self.bank, batch, DenseLayout.blocks(batch.ptr)))

    def forward_encoded(self, batch: Data, encodings: AnyEncodings) -> Float[Tensor, "samples outputs"]:
        """Predict from a batch in the training data's form and its encodings: tensors alone from here on."""
        edges = EdgeLayout.from_edge_index(batch.edge_index, batch.batch.numel())
        edge_attr = batch.get("edge_attr")
        if edge_attr is not None:
            edge_attr = edge_attr[edges.order]
        x = self.node_encoder(batch, encodings)
        edge = self.edge_encoder(edge_attr, edges.order.numel())
        if self.edge_channels is not None:
            edge = edge + self.edge_channels(encodings.edge()[edges.order]).to(edge.dtype)
        head_blocks: list[HeadLayout] = []
        if self.attention != "none":
            head_blocks = [HeadLayout.from_dense(block, self.heads) for block in encodings.blocks]
        pair = encodings.pair() if self.pair_bias is not None else []
        biases = self._biases(head_blocks, encodings.blocks, pair, edges, edge_attr)
        run = run_recomputed if self.recompute and self.training else nn.Module.__call__
        position = x[:, -self.encoding_dim :]  # where the node encoder puts the encoding
        for number, (layer, bias) in enumerate(zip(self.layers, biases, strict=True)):
            if self.position_updates:
                x, position = self.position_updates[number](x, position, edges)
            x, edge = run(layer, x, edge, edges, head_blocks, bias)
        if self.scores_pairs:
            return self.head(x, batch, encodings.of_edges(pair, supervision_edges(batch)))
        return self.head(x, batch)

    def _biases(
        self,
        head_blocks: Sequence[HeadLayout],
        blocks: Sequence[DenseLayout],
        pair: Sequence[Tensor],
        edges: EdgeLayout,
        edge_attr: Shaped[Tensor, "edges *columns"] | None,
    ) -> Sequence[Sequence[Tensor]]:
        """By layer and block, what is added to attention scores: −∞ where the key is padding."""
        if self.attention != "softmax":
            return [[]] * len(self.layers)
        padding = [block.padding(self.edge_encoder.weight.dtype) for block in head_blocks]
        if self.pair_bias is None:
            return [padding] * len(self.layers)
        biases = []
        for block, channels, mask in zip(blocks, pair, padding, strict=True):
            inside = edges.edge_slice(block.nodes)
            edge_index = torch.stack([edges.source[inside], edges.target[inside]])
            attributes = None if edge_attr is None else edge_attr[inside]
            biases.append(self.pair_bias(channels, block, edge_index, attributes).add_(mask).unbind())
        return list(zip(*biases, strict=True))

    def scale_weights(self) -> dict[str, dict[str, float]]:
        """The learned weight of every channel, by name, under `node`, `pair` and `edge`; empty without gates."""
        readers = {"node": self.node_encoder, "pair": self.pair_bias, "edge": self.edge_channels}
        gates = {place: None if reader is None else reader.gate for place, reader in readers.items()}
        return {place: gate.weights() for place, gate in gates.items() if gate is not None}


class GPS(GraphTransformer):
    """GraphGPS (Rampášek et al., arXiv 2205.12454): the same layers without a bias from pairs."""

    uses_pairs = False


class GINENetwork(GraphTransformer):
    """Message passing alone: GINE layers with residual connections, the baseline."""

    def __init__(self, params: ModelParams, *arguments: object, **options: object) -> None:
        alone = {"local": "gine", "attention": "none", "feed_forward_factor": 0}
        super().__init__(params.model_copy(update=alone), *arguments, **options)  # type: ignore[arg-type]
