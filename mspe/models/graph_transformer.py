"""Graph networks over multi-scale encodings: the Graph Transformer, GraphGPS and plain message passing."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.encodings import BatchEncodings, FilterBank
from mspe.graphs import DenseLayout, EdgeLayout
from mspe.models.attention import HeadLayout
from mspe.models.config import ModelParams
from mspe.models.encoders import FeatureEncoder, NodeEncoder
from mspe.models.heads import HEADS, OutputNetwork
from mspe.models.layers import GPSLayer
from mspe.models.pairs import PairBias


class GraphTransformer(nn.Module):
    """Predicts from a graph's nodes, edges and multi-scale encodings.

    Node encodings enter the node states; pair encodings enter every head of every layer as an attention bias. What
    the batch does not carry is computed from its edges with the model's own bank.

    Parameters
    ----------
    params
        The model's shape.
    num_features, num_edge_features
        Widths of the node and edge features; 0 where there are none.
    num_classes
        Outputs a sample.
    bank
        The filters; their channel counts set the encoders' widths.
    target_level
        What a sample is: a `graph`, a `node`, or an `edge`, that is a pair of nodes of `batch.edge_label_index`.
    target_mean, target_std
        Of the training targets, for a regression.
    """

    uses_pairs = True
    """Whether attention scores have a bias from pairs."""

    def __init__(
        self,
        params: ModelParams,
        num_features: int,
        num_edge_features: int,
        num_classes: int,
        bank: FilterBank,
        target_level: str = "graph",
        target_mean: Sequence[float] = (),
        target_std: Sequence[float] = (),
    ) -> None:
        super().__init__()
        self.bank = bank
        self.heads, self.attention = params.heads, params.attention
        self.node_encoder = NodeEncoder(params, num_features, bank)
        self.edge_encoder = FeatureEncoder(num_edge_features, params.hidden_dim)
        self.pair_bias = None
        if self.uses_pairs and params.attention == "softmax" and bank.pair_channel_names:
            self.pair_bias = PairBias(params, bank.pair_channel_names, num_edge_features)
        self.layers = nn.ModuleList([GPSLayer(params) for _ in range(params.num_layers)])
        self.head = HEADS[target_level](params, OutputNetwork(params, num_classes, target_mean, target_std))

    def forward(self, batch: Batch) -> Float[Tensor, "samples outputs"]:
        dense = DenseLayout.from_batch(batch.batch, batch.ptr)
        edges = EdgeLayout.from_edge_index(batch.edge_index, batch.batch.numel())
        encodings = BatchEncodings(self.bank, batch, dense)
        x = self.node_encoder(batch, encodings)
        edge_attr = batch.get("edge_attr")
        edge = self.edge_encoder(None if edge_attr is None else edge_attr[edges.order], edges.order.numel())
        layout = None if self.attention == "none" else HeadLayout.from_dense(dense, self.heads)
        for layer, bias in zip(self.layers, self._biases(batch, encodings, layout), strict=True):
            x, edge = layer(x, edge, edges, layout, bias)
        return self.head(x, batch)

    def _biases(
        self, batch: Batch, encodings: BatchEncodings, layout: HeadLayout | None
    ) -> Sequence[Float[Tensor, "heads graphs size size"] | None]:
        """What every layer adds to its attention scores, −∞ where the key is padding."""
        if layout is None or self.attention == "linear":
            return [None] * len(self.layers)
        padding = layout.padding(self.edge_encoder.weight.dtype)
        if self.pair_bias is None:
            heads, graphs, size = layout.shape
            return [padding.expand(heads, graphs, size, size).contiguous()] * len(self.layers)
        biases = self.pair_bias(encodings.pair(), batch.edge_index, batch.get("edge_attr"), encodings.layout)
        return biases.add_(padding).unbind()

    def scale_weights(self) -> dict[str, dict[str, float]]:
        """The learned weight of every channel, by name, under `node` and `pair`; empty without gates."""
        gates = {"node": self.node_encoder.gate, "pair": None if self.pair_bias is None else self.pair_bias.gate}
        return {place: gate.weights() for place, gate in gates.items() if gate is not None}


class GPS(GraphTransformer):
    """GraphGPS (Rampášek et al., arXiv 2205.12454): the same layers without a bias from pairs."""

    uses_pairs = False


class GINENetwork(GraphTransformer):
    """Message passing alone: GINE layers with residual connections, the baseline."""

    def __init__(self, params: ModelParams, *arguments: object, **options: object) -> None:
        alone = {"local": "gine", "attention": "none", "feed_forward_factor": 0}
        super().__init__(params.model_copy(update=alone), *arguments, **options)  # type: ignore[arg-type]
