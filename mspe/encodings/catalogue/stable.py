"""Stable use of eigenvectors as node encodings (SPE, Huang et al., arXiv 2310.02579)."""

from typing import Annotated, ClassVar

from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.section import Channels, PositiveInt, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.learned import Learned
from mspe.encodings.column_network import ColumnNetwork
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need


class Stable(Encoding):
    """SPE: ρ(U diag(φ_1(Λ)) Uᵀ, …, U diag(φ_m(Λ)) Uᵀ), with trained filters φ and a trained network ρ.

    φ are those of `Learned`, whose node channels are the kernels' diagonals and whose pair channels the kernels
    themselves. Here ρ sees whole rows of them: as in the paper it passes messages along edges on each column of the
    kernels [nodes, nodes, m], and adds up the columns (`ColumnNetwork`). All eigenvectors take part, not the first
    few: no cut depends on the order of close eigenvalues, and the encoding is continuous in the Laplacian.

    The same for any sign and basis of the eigenvectors. Relabelling the nodes permutes it, and a disjoint union is
    encoded as its parts. Edges are followed either way, by their weights. An isolated node, a single one or one without
    edges has the kernels φ(0).

    Draws no random numbers. Cost: nodes³ · m for the kernels, and edges · nodes · layers for messages; it needs
    eigenvectors, so graphs of more than 512 nodes are refused unless `encodings.backend=dense`.

    Parameters
    ----------
    filters
        m, 8 by default.
    channels
        Node channels, 16 by default.
    layers
        Of ρ, 3 by default.

    Examples
    --------
    >>> Stable(filters=4, channels=2, layers=1).node_channels
    ['stable(1)', 'stable(2)']
    """

    name = "stable"
    about = About("network of learned filters", "arXiv 2310.02579", "n·m", ("node",), weighted=True)
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})

    class Params(Section):
        """Number of filters, and size of the network."""

        filters: Channels = 8
        channels: Channels = 16
        layers: Annotated[PositiveInt, Field(le=100)] = 3

    def __init__(self, filters: int, channels: int, layers: int) -> None:
        super().__init__(filters=filters, channels=channels, layers=layers)
        self.channels = channels
        self.filters = Learned(filters)
        self.network = ColumnNetwork(filters, channels, layers)

    @property
    def numbers_per_pair(self) -> int:
        """Of the kernels, each with a gradient and the product that it is made of, and of ρ."""
        return 3 * self.network.input.in_features + self.network.numbers_per_column

    @property
    def node_channels(self) -> list[str]:
        """Numbered from 1."""
        return [f"stable({number})" for number in range(1, self.channels + 1)]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return ρ of the kernels."""
        if graphs.spectral_weights is not None:
            raise MspeError(
                "encodings.stable: needs eigenvectors, which a graph of "
                f"{graphs.layout.shape[1]} nodes does not have; set encodings.backend=dense, or encodings.stable=null"
            )
        kernels = graphs.layout.flatten(self.filters.pair(graphs))  # [nodes, size, filters]
        return self.network(kernels, graphs.edge_index, graphs.edge_weight)
