"""Node encodings of a message passing network on random or basis inputs (Kanatsoulis et al., arXiv 2502.01122)."""

from typing import Annotated, ClassVar, Literal

from jaxtyping import Float
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from mspe.common.errors import MspeError
from mspe.common.section import Channels, PositiveInt, Section
from mspe.encodings.about import About
from mspe.encodings.column_network import ColumnNetwork
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.node_noise import draw_while_training
from mspe.encodings.spectrum import DENSE_MAX_NODES
from mspe.encodings.statistics import GraphStatistics


class Pearl(Encoding):
    """PEARL: what a trained message passing network makes of inputs that tell the nodes apart.

    `random` (R-PEARL): the mean of f(q_s) over samples q_s ~ N(0, 1)ⁿ; `basis` (B-PEARL): Σ_i f(e_i) over the basis
    vectors. f is the `ColumnNetwork` with one input. In place of the adjacency matrix it passes messages with
    S = D^-½AD^-½, which keeps states of one size in graphs of any degree.

    Relabelling: `basis` permutes exactly. `random` does so in distribution, so in one evaluation up to the error of a
    mean over samples, which falls as samples^-½. Disjoint unions: `basis` encodes them as their parts; `random` does so
    in distribution.

    Random numbers: `random` draws new ones from torch's generator in every forward pass while training, which a resumed
    run repeats. In evaluation the k-th node of every graph has the same fixed ones, so that predictions repeat,
    whatever batch the graph is in. `basis` draws none.

    Edges are followed either way, by their weights. An isolated node, a single one or one without edges is encoded as
    S_ii = 1. Cost: edges · columns · layers, where columns are the samples, or for `basis` the nodes of the largest
    graph of a batch: quadratic in the nodes, so refused for graphs of more than 512.

    Parameters
    ----------
    variant
        `random` or `basis`; under `encodings`, `random` by default.
    samples
        Random inputs per graph, 32 by default; not used by `basis`.
    channels
        Node channels, 16 by default.
    layers
        Of the network, 4 by default.

    Examples
    --------
    >>> Pearl("basis", samples=1, channels=2, layers=4).node_channels
    ['pearl(1)', 'pearl(2)']
    """

    name = "pearl"
    about = About("network of random or basis inputs", "arXiv 2502.01122", "n·m", ("node",), weighted=True)
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Inputs, and size of the network."""

        variant: Literal["random", "basis"] = "random"
        samples: Channels = 32
        channels: Channels = 16
        layers: Annotated[PositiveInt, Field(le=100)] = 4

    def __init__(self, variant: Literal["random", "basis"], samples: int, channels: int, layers: int) -> None:
        super().__init__(variant=variant, samples=samples, channels=channels, layers=layers)
        self.variant, self.samples, self.channels = variant, samples, channels
        self.network = ColumnNetwork(1, channels, layers)

    @classmethod
    def resolve(cls, params: Section, statistics: GraphStatistics) -> Section:
        """Return the parameters as they are; refuse `basis` where a graph is too large for it."""
        if isinstance(params, cls.Params) and params.variant == "basis":
            _check_size(statistics.max_nodes)
        return params

    @property
    def draws(self) -> bool:
        """Return whether its inputs are random."""
        return self.variant == "random"

    @property
    def numbers_per_pair(self) -> int:
        """Of `basis`, which has a column per node."""
        return self.network.numbers_per_column if self.variant == "basis" else 0

    @property
    def node_channels(self) -> list[str]:
        """Numbered from 1."""
        return [f"pearl({number})" for number in range(1, self.channels + 1)]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the pooled outputs of the network."""
        columns = self._samples(graphs) if self.draws else self._basis(graphs)
        edges = graphs.edge_index, graphs.edge_weight
        return self.network(columns[..., None], *edges, mean=self.variant == "random")

    def _basis(self, graphs: GraphView) -> Float[Tensor, "nodes size"]:
        """Unit vectors: a node's number within its graph, one-hot."""
        size = graphs.layout.shape[1]
        _check_size(size)
        return functional.one_hot(graphs.layout.slot % size, size).float()

    def _samples(self, graphs: GraphView) -> Float[Tensor, "nodes samples"]:
        return draw_while_training(graphs.layout, self.samples, self.training)


def _check_size(max_nodes: int) -> None:
    if max_nodes > DENSE_MAX_NODES:
        raise MspeError(
            f"encodings.pearl.variant: got basis, and a graph of {max_nodes} nodes, allowed: up to {DENSE_MAX_NODES}; "
            "set encodings.pearl.variant=random"
        )
