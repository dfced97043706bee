"""The interface of an encoding."""

from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from mspe.common.section import Section, validate
from mspe.encodings.about import About
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.spectrum import NORMALIZED
from mspe.encodings.statistics import GraphStatistics


class Encoding(nn.Module):
    """One positional or structural encoding of nodes, of pairs of nodes, or of both; subclasses live one to a file.

    A subclass has a `name`, its `Params`, and `node_channels` with `node`, or `pair_channels` with `pair`; its
    constructor takes the fields of `Params` by name. With parameters of its own it is trained.
    """

    name: ClassVar[str]
    """The key under `encodings` (of a filter: under `encodings.filters`)."""
    about: ClassVar[About | None] = None
    """A few words on it, for `mspe encodings`."""
    off: ClassVar[bool | int | None] = None
    """What `bank.json` holds where it is not used."""
    needs: ClassVar[frozenset[Need]] = frozenset()
    """What it reads of graphs, so what training loads where a model evaluates it in a batch; anything else is refused.

    What is declared and missing all the same is computed from the edges, more slowly, to the same numbers.
    """
    for_large: ClassVar[str | None] = None
    """The encoding to take instead where graphs are too large for its pair channels, by name; a refusal says so."""
    signed: ClassVar[bool] = False
    """Whether the sign of each node channel is arbitrary, as that of an eigenvector."""
    equivariant: ClassVar[bool] = True
    """Whether another order of the nodes permutes its channels, always, where it draws no random numbers."""

    class Params(Section):
        """Parameters under the encoding's key, with the range of each."""

    def __init__(self, **params: Any) -> None:
        super().__init__()
        self.params = validate(self.Params, params, f"encoding {self.name}")

    @classmethod
    def from_params(cls, params: Section, trainable: bool) -> "Encoding":
        """Build it from what stands under its key; `trainable` is `encodings.trainable`."""
        return cls(**dict(params))

    @classmethod
    def resolve(cls, params: Section, statistics: GraphStatistics) -> Section:
        """Return the parameters with `auto` replaced by values read off the training graphs."""
        return params

    @classmethod
    def operators_of(cls, params: Section) -> frozenset[str]:
        """Return the operators whose spectra it reads with these parameters, by name; none without that need."""
        return frozenset({NORMALIZED}) if "spectrum" in cls.needs else frozenset()

    @classmethod
    def files_of(cls, params: Section) -> tuple[str, ...]:
        """Return the files that it reads with these parameters, which the pipeline watches."""
        return ()

    @property
    def operators(self) -> frozenset[str]:
        """Return the operators whose spectra it reads."""
        return self.operators_of(self.params)

    @property
    def stored(self) -> bool:
        """Return whether the encode stage computes its node channels; else a model does, and may train it."""
        return not any(True for _ in self.parameters())

    @property
    def draws(self) -> bool:
        """Return whether it draws new random numbers in every forward pass while training."""
        return False

    @property
    def numbers_per_pair(self) -> int:
        """Numbers per pair of nodes that `node` holds while a model is trained, by which batches are kept small."""
        return 0

    @property
    def node_channels(self) -> list[str]:
        """Names of the node channels."""
        return []

    @property
    def pair_channels(self) -> list[str]:
        """Names of the pair channels."""
        return []

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the node channels of some graphs."""
        return graphs.sqrt_degree.new_empty(graphs.sqrt_degree.numel(), 0)

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return the pair channels of some graphs, on padding too."""
        return graphs.adjacency.new_empty(*graphs.adjacency.shape, 0)

    def check_precision(self, graphs: GraphView) -> None:
        """Refuse, or report, what spectral measures of large graphs miss of the node channels."""
