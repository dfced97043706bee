"""Random node features (Sato et al., arXiv 2002.03155; Abboud et al., arXiv 2010.01179)."""

from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from mspe.common.section import Channels, Section
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.node_noise import draw_while_training


class RandomFeatures(Encoding):
    """Standard normal numbers of each node, independent of each other: mean 0, variance 1 in every channel.

    They tell every node from every other, whatever the graph. While training, new ones are drawn from torch's generator
    in every forward pass, which a resumed run repeats: a model learns what does not depend on them. In evaluation the
    k-th node of every graph has the k-th row of one table, drawn with a fixed seed, so that predictions repeat,
    whatever batch the graph is in. How far a trained model's outputs depend on the draw is their variance over draws:
    `prediction_variance`.

    Relabelling the nodes of a graph permutes them in distribution; so is a disjoint union encoded as its parts. They
    depend on nothing else of a graph: edges, weights and direction are ignored. Cost: nodes · channels.

    Parameters
    ----------
    channels
        Numbers per node, 16 by default.

    Examples
    --------
    >>> RandomFeatures(2).node_channels
    ['random(1)', 'random(2)']
    """

    name = "random_features"
    about = About("normal numbers, anew in training", "arXiv 2010.01179", "m", ("node",))
    needs: ClassVar[frozenset[Need]] = frozenset()

    class Params(Section):
        """Numbers per node."""

        channels: Channels = 16

    def __init__(self, channels: int) -> None:
        super().__init__(channels=channels)
        self.channels = channels

    @property
    def stored(self) -> bool:
        """Return False: they are drawn in every batch."""
        return False

    @property
    def draws(self) -> bool:
        """Return True."""
        return True

    @property
    def node_channels(self) -> list[str]:
        """Numbered from 1."""
        return [f"random({number})" for number in range(1, self.channels + 1)]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the numbers."""
        return draw_while_training(graphs.layout, self.channels, self.training)
