"""Numbers of simple cycles through nodes and edges (Bouritsas et al., arXiv 2006.09252)."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from mspe.common.section import Distinct, Section
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.paths import cycle_counts
from mspe.encodings.structure import edges_of, pair_grid, simple_adjacency

Length = Annotated[int, Field(ge=3, le=20)]


class Cycles(Encoding):
    """log(1 + c) of the number c of simple cycles of each length, through each node and through each edge.

    A pair of nodes without an edge has 0. Direction and weights are ignored, repeated edges are one, and self-loops
    are no cycles; a node outside every cycle, an isolated one or a single one, has 0; components are counted apart.

    Counts are exact: lengths up to 5 of graphs of up to 512 nodes by closed formulas of powers of A, others by
    enumeration, which takes time with the number of simple paths of that length in the 2-core. That is quick on
    molecules and explodes on dense graphs, which are then refused.

    Parameters
    ----------
    lengths
        Nodes of the cycles, 3 to 20.
    pair
        Whether edges have channels. As all pair channels they are computed anew in every batch.

    Examples
    --------
    >>> Cycles([3, 6]).node_channels
    ['cycles(3)', 'cycles(6)']
    """

    name = "cycles"
    about = About("simple cycles of each length", "arXiv 2006.09252", "paths")
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Lengths of the cycles."""

        lengths: Distinct[Length] = (3, 4, 5, 6)
        pair: bool = True

    def __init__(self, lengths: Sequence[int] = (3, 4, 5, 6), pair: bool = True) -> None:
        super().__init__(lengths=tuple(lengths), pair=pair)
        self.lengths, self.on_edges = tuple(lengths), pair

    @property
    def node_channels(self) -> list[str]:
        """One per length."""
        return [f"cycles({length})" for length in self.lengths]

    @property
    def pair_channels(self) -> list[str]:
        """One per length."""
        return self.node_channels if self.on_edges else []

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the logarithms: every cycle through a node takes two of its edges."""
        row, _, counts = self._count(graphs)
        nodes = graphs.layout.slot.numel()
        twice = [np.bincount(row, weights=channel, minlength=nodes) for channel in counts.T]
        return torch.from_numpy(np.log1p(np.stack(twice, axis=1) / 2)).to(graphs.layout.slot.device)

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return the logarithms at the two places of each edge."""
        row, column, counts = self._count(graphs)
        return pair_grid(graphs, row, column, np.log1p(counts))

    def _count(self, graphs: GraphView) -> tuple[np.ndarray, np.ndarray, Float[np.ndarray, "edges lengths"]]:
        """The edges' rows and columns, and the cycles through each."""
        adjacency = simple_adjacency(graphs)
        slot, size = graphs.layout.slot.cpu().numpy(), graphs.layout.shape[1]
        return *edges_of(adjacency), cycle_counts(adjacency, slot, size, self.lengths, "encodings.cycles.lengths")
