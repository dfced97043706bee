"""The degree of each node."""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need


class Degree(Encoding):
    """log(1 + degree) of each node, weights added; an isolated node counts as one of degree 1."""

    name = "degree"
    off = False
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum"})

    @property
    def node_channels(self) -> list[str]:
        """One channel."""
        return ["degree"]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes 1"]:
        """Return log(1 + degree)."""
        return torch.log1p(graphs.sqrt_degree.square()[:, None])
