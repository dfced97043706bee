"""Graphs as an encoding sees them."""

from collections.abc import Callable, Mapping
from copy import copy
from functools import cache, cached_property
from typing import Literal, get_args

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.encodings.spectrum import Spectrum
from mspe.graphs import DenseLayout

Need = Literal["spectrum", "edges"]


class GraphView:
    """Some graphs with their spectrum and edges, read when they are asked for.

    Parameters
    ----------
    layout
        Where the nodes, numbered through all graphs, stand in a grid [graphs, size].
    fields
        Gives their packed spectrum or spectral measures, flat over these graphs, as `compute_spectrum` names them.
    spectrum
        Gives the spectrum in the grid, where the graphs are not too large for one.
    edges
        Gives their edges in the numbers of the nodes, [2, edges], and the edges' weights, or None for weights of 1.
    """

    def __init__(
        self,
        layout: DenseLayout,
        fields: Callable[[], Mapping[str, Tensor]],
        spectrum: Callable[[], Spectrum],
        edges: Callable[[], tuple[Tensor, Tensor | None]],
    ) -> None:
        self.layout = layout
        self._read_fields = cache(fields)
        self._read_spectrum = cache(spectrum)
        self._read_edges = cache(edges)
        self._reader, self._needs = "", frozenset[str](get_args(Need))

    def limited_to(self, needs: frozenset[Need], reader: str) -> "GraphView":
        """Return a view of the same graphs that refuses what an encoding does not declare; both read it once."""
        view = copy(self)
        view.__dict__.pop("adjacency", None)  # computed by another reader, it would pass the check
        view._reader, view._needs = reader, needs
        return view

    def _check(self, need: Need) -> None:
        if need not in self._needs:
            raise MspeError(
                f"encoding {self._reader}: reads the {need} of graphs, which its class does not declare; add {need!r} "
                "to `needs`"
            )

    @property
    def _fields(self) -> Mapping[str, Tensor]:
        self._check("spectrum")
        return self._read_fields()

    @property
    def _edges(self) -> tuple[Tensor, Tensor | None]:
        self._check("edges")
        return self._read_edges()

    @property
    def spectrum(self) -> Spectrum:
        """The spectrum of each graph, padded to the largest."""
        self._check("spectrum")
        return self._read_spectrum()

    @property
    def spectral_weights(self) -> Float[Tensor, "nodes points"] | None:
        """The spectral measure of each node, where graphs are too large for eigenvectors; else None."""
        return self._fields.get("spectral_weights")

    @property
    def spectral_weights_error(self) -> Float[Tensor, "nodes points"] | None:
        """An error distributed as that of the measures, where random probes estimated them; else None."""
        return self._fields.get("spectral_weights_error")

    @property
    def sqrt_degree(self) -> Float[Tensor, " nodes"]:
        """D^½ of each node; 1 of an isolated one."""
        return self._fields["sqrt_degree"]

    @property
    def edge_index(self) -> Int[Tensor, "2 edges"]:
        """The edges, in the numbers of the nodes of this view."""
        return self._edges[0]

    @property
    def edge_weight(self) -> Float[Tensor, " edges"] | None:
        """Weights of the edges; None where all are 1."""
        return self._edges[1]

    @cached_property
    def adjacency(self) -> Float[Tensor, "graphs size size"]:
        """1 where an edge leads from row to column, else 0, on padding too."""
        graphs, size = self.layout.shape
        row, column = self.edge_index + self.layout.nodes.start
        adjacent = torch.zeros(graphs, size, size, device=row.device)
        adjacent.view(-1)[self.layout.pair_slot(row, column)] = 1.0
        return adjacent
