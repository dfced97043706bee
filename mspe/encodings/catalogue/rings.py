"""Membership in rings of each size, as chemists count rings."""

from typing import Annotated, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from mspe.common.section import Section
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.relevant_cycles import edges_by_ring_size
from mspe.encodings.structure import edges_of, pair_grid, simple_adjacency


class Rings(Encoding):
    """1 where a node lies on a ring of some size, else 0; as pair channels, where an edge does.

    Rings are the relevant cycles: those of all minimum cycle bases (Vismara 1997), so that another order of the nodes
    changes nothing. A smallest set of smallest rings (SSSR) is one such basis, to which RDKit adds equivalent rings,
    not all in general. On the 285,000 ring atoms of ZINC-12k, NCI, ESOL, BACE and BBBP sizes are those of RDKit's
    `IsInRingSize`.

    Direction and weights are ignored, repeated edges are one, and self-loops are no rings; a node outside every ring,
    an isolated one or a single one, has zeros; components are counted apart. A system of rings of n nodes and m edges
    takes some n · m operations, in Python: where that is above two million, or rings are very many, it is refused.

    Parameters
    ----------
    largest
        Sizes from 3 to this one have a channel each, and all larger ones a common one.
    pair
        Whether edges have channels. As all pair channels they are computed anew in every batch.

    Examples
    --------
    >>> Rings(6).node_channels
    ['rings(3)', 'rings(4)', 'rings(5)', 'rings(6)', 'rings(7+)']
    """

    name = "rings"
    about = About("membership in rings of each size", "Vismara 1997", "n·m")
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Sizes of rings."""

        largest: Annotated[int, Field(ge=3, le=100)] = 8
        pair: bool = True

    def __init__(self, largest: int = 8, pair: bool = True) -> None:
        super().__init__(largest=largest, pair=pair)
        self.largest, self.on_edges = largest, pair

    @property
    def node_channels(self) -> list[str]:
        """One per size, then one of all larger sizes."""
        return [*(f"rings({size})" for size in range(3, self.largest + 1)), f"rings({self.largest + 1}+)"]

    @property
    def pair_channels(self) -> list[str]:
        """One per size, then one of all larger sizes."""
        return self.node_channels if self.on_edges else []

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the membership of nodes: a node is on the rings of its edges."""
        row, _, members = self._find(graphs)
        found = np.zeros((graphs.layout.slot.numel(), members.shape[1]))
        np.maximum.at(found, row, members)
        return torch.from_numpy(found).to(graphs.layout.slot.device)

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return the membership of edges; other pairs have zeros."""
        return pair_grid(graphs, *self._find(graphs))

    def _find(self, graphs: GraphView) -> tuple[np.ndarray, np.ndarray, Float[np.ndarray, "edges channels"]]:
        """The edges' rows and columns, and the membership of each."""
        adjacency = simple_adjacency(graphs)
        members = edges_by_ring_size(adjacency, self.largest, "encodings.rings")
        return *edges_of(adjacency), members.astype(np.float64)
