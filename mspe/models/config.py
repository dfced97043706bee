"""The section `model` of `params.yaml`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mspe.common.section import NonNegativeInt, PositiveInt, Probability, Section, Width

ModelName = Literal["graph_transformer", "gps", "gine", "gcn"]

DEFAULT_NODE_DIM = 28

_MOST_PARAMETERS = 10**9  # with their gradients and moments 16 GB


class ModelParams(Section):
    """Shape of the model; a key that the chosen model does not use is accepted and ignored."""

    name: ModelName = "graph_transformer"
    """Kind of model, as `get_model` describes them."""
    hidden_dim: Width = 64
    """Width of the nodes' states."""
    num_layers: Annotated[PositiveInt, Field(le=1000)] = 6
    """Layers, one after the other."""
    heads: Width = 4
    """Attention heads; they divide `hidden_dim`."""
    local: Literal["gine", "gatedgcn", "none"] = "gine"
    """Message passing along edges."""
    attention: Literal["softmax", "linear", "none"] = "softmax"
    """Attention among all nodes of a graph; `linear` costs no n² and takes no bias from pairs."""
    node_dim: NonNegativeInt | None = None
    """Part of `hidden_dim` that holds the node encoding; None: 28, or half of a `hidden_dim` that is no wider."""
    eigenvector_encoder: Literal["flip", "signnet"] = "flip"
    """Of Laplacian eigenvectors: random signs while training, or SignNet."""
    update_encodings: bool = False
    """Whether every layer updates the node encoding, as a stream of its own (LSPE)."""
    pair_dim: Width = 32
    """Hidden width of the network that turns pair channels into attention biases."""
    scale_gate: bool = True
    """Whether every channel of the bank has a learned weight, read out with `scale_weights`."""
    feed_forward_factor: Annotated[NonNegativeInt, Field(le=64)] = 2
    """Hidden width of a layer's feed-forward network over `hidden_dim`; 0: none."""
    head_depth: Annotated[NonNegativeInt, Field(le=64)] = 2
    """Hidden layers of the output network, each half as wide as the one before."""
    norm: Literal["batch", "layer"] = "batch"
    """`batch`: by channel over the nodes of a batch. `layer`: by node over its channels, as in transformers; PyG's
    `layer` is another one, over all nodes and channels of a graph."""
    dropout: Probability = 0.0
    """Of the nodes' states, in every layer."""
    attention_dropout: Probability = 0.0
    """Of attention weights."""
    feature_dropout: Probability = 0.0
    """Of real node features, before anything reads them: against learning few labelled nodes by heart."""
    recompute: bool = False
    """Whether a training step keeps each layer's inputs alone and computes the rest again: less memory, more time."""
    pooling: Literal["sum", "mean"] = "sum"
    """How the states of nodes become that of their graph."""

    @model_validator(mode="after")
    def _widths_fit(self) -> "ModelParams":
        if self._attends and self.hidden_dim % self.heads:
            raise ValueError(f"hidden_dim is {self.hidden_dim} and heads is {self.heads}: heads must divide hidden_dim")
        if self.encoding_dim >= self.hidden_dim:
            raise ValueError(
                f"node_dim is {self.encoding_dim}, allowed: less than hidden_dim, which is {self.hidden_dim}"
            )
        if self.hidden_dim >> self.head_depth == 0:
            raise ValueError(
                f"head_depth is {self.head_depth}: the head would halve {self.hidden_dim} channels to none"
            )
        if self.local == "none" and self.attention == "none":
            raise ValueError("local and attention are both none: a layer needs one of them")
        return self

    @model_validator(mode="after")
    def _fits_a_machine(self) -> "ModelParams":
        learned = self.num_layers * self.hidden_dim**2 * (4 + 2 * self.feed_forward_factor)
        if self._attends:
            learned += self.pair_dim * self.num_layers * self.heads
        if learned > _MOST_PARAMETERS:
            raise ValueError(
                f"num_layers, hidden_dim, feed_forward_factor, pair_dim and heads give some {learned:.0e} parameters, "
                f"allowed: up to {_MOST_PARAMETERS:.0e}"
            )
        return self

    @property
    def _attends(self) -> bool:
        return self.name not in ("gine", "gcn") and self.attention != "none"

    @property
    def reads_edge_channels(self) -> bool:
        """Return whether messages are passed with states of edges, which channels on edges enter."""
        return self.name == "gine" or (self.name != "gcn" and self.local != "none")

    @property
    def encoding_dim(self) -> int:
        """Width of the node encoding, given or by default.

        Examples
        --------
        >>> [ModelParams(hidden_dim=width).encoding_dim for width in (8, 28, 32, 64)]
        [4, 14, 28, 28]
        """
        if self.node_dim is not None:
            return self.node_dim
        return DEFAULT_NODE_DIM if self.hidden_dim > DEFAULT_NODE_DIM else max(1, self.hidden_dim // 2)
