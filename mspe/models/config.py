"""The section `model` of `params.yaml`."""

from typing import Literal

from pydantic import model_validator

from mspe.common.section import NonNegativeInt, PositiveInt, Probability, Section

ModelName = Literal["graph_transformer", "gps", "gine"]


class ModelParams(Section):
    """Shape of the model; a key that the chosen model does not use is accepted and ignored."""

    name: ModelName = "graph_transformer"
    hidden_dim: PositiveInt = 64
    num_layers: PositiveInt = 6
    heads: PositiveInt = 4
    """Attention heads; they divide `hidden_dim`."""
    local: Literal["gine", "gatedgcn", "none"] = "gine"
    """Message passing along edges."""
    attention: Literal["softmax", "linear", "none"] = "softmax"
    """Attention among all nodes of a graph; `linear` costs no n² and takes no bias from pairs."""
    node_dim: NonNegativeInt = 28
    """Part of `hidden_dim` that holds the node encoding."""
    eigenvector_encoder: Literal["flip", "signnet"] = "flip"
    """Of Laplacian eigenvectors: random signs while training, or SignNet."""
    pair_dim: PositiveInt = 32
    """Hidden width of the network that turns pair channels into attention biases."""
    scale_gate: bool = True
    """Whether every channel of the bank has a learned weight, read out with `scale_weights`."""
    feed_forward_factor: NonNegativeInt = 2
    """Hidden width of a layer's feed-forward network over `hidden_dim`; 0: none."""
    head_depth: NonNegativeInt = 2
    """Hidden layers of the output network, each half as wide as the one before."""
    norm: Literal["batch", "layer"] = "batch"
    dropout: Probability = 0.0
    attention_dropout: Probability = 0.0
    pooling: Literal["sum", "mean"] = "sum"

    @model_validator(mode="after")
    def _widths_fit(self) -> "ModelParams":
        if self.hidden_dim % self.heads:
            raise ValueError(f"hidden_dim is {self.hidden_dim} and heads is {self.heads}: heads must divide hidden_dim")
        if self.node_dim >= self.hidden_dim:
            raise ValueError(f"node_dim is {self.node_dim}, allowed: less than hidden_dim, which is {self.hidden_dim}")
        if self.hidden_dim >> self.head_depth == 0:
            raise ValueError(
                f"head_depth is {self.head_depth}: the head would halve {self.hidden_dim} channels to none"
            )
        if self.local == "none" and self.attention == "none":
            raise ValueError("local and attention are both none: a layer needs one of them")
        return self
