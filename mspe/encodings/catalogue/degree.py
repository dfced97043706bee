"""The degree of each node."""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need


class Degree(Encoding):
    """log(1 + degree) of each node, weights added; an isolated node counts as one of degree 1.

    So it does in D^½ of every filter, where no division by zero needs a case of its own. A self-loop counts once, where
    networkx's degree counts it twice; repeated edges without weights are one edge, where PyG's `degree` counts each.
    """

    name = "degree"
    about = About("degree", "-", "m", ("node",), weighted=True)
    off = False
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum"})

    @property
    def node_channels(self) -> list[str]:
        """One channel."""
        return ["degree"]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes 1"]:
        """Return log(1 + degree)."""
        return torch.log1p(graphs.sqrt_degree.square()[:, None])
