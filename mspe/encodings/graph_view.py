"""Graphs as an encoding sees them."""

from collections.abc import Callable, Mapping
from copy import copy
from functools import cache, cached_property
from typing import Literal, NoReturn, get_args

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.encodings.spectrum import NORMALIZED, Eigen, Spectrum
from mspe.graphs import DenseLayout, PackedGraphs

Need = Literal["spectrum", "edges"]


def _no_operator(operator: str) -> Eigen:
    raise MspeError(f"the spectrum of the operator {operator} was not given to this view; give GraphView `eigen`")


def _no_spectrum() -> NoReturn:
    raise MspeError("the spectrum of graphs was not given to this view; give GraphView `fields` and `spectrum`")


def collated_edges(graphs: PackedGraphs, group: Tensor) -> tuple[Tensor, Tensor | None]:
    """Return the edges of some graphs, with nodes numbered through these, and their weights."""
    batch = graphs.collate(group)
    return batch.edge_index, batch.get("edge_weight")


def _positive(index: Tensor, weight: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Edges without those of weight 0, which are none anywhere here."""
    if weight is None or bool((weight > 0).all()):
        return index, weight
    return index[:, weight > 0], weight[weight > 0]


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
        Gives their edges in the numbers of the nodes, [2, edges], and the edges' weights, or None for weights of 1; an
        edge of weight 0 is none.
    eigen
        Gives the spectrum of another operator than the normalised Laplacian, by its name, in the grid.
    """

    def __init__(
        self,
        layout: DenseLayout,
        fields: Callable[[], Mapping[str, Tensor]],
        spectrum: Callable[[], Spectrum],
        edges: Callable[[], tuple[Tensor, Tensor | None]],
        eigen: Callable[[str], Eigen] = _no_operator,
    ) -> None:
        self.layout = layout
        self._read_fields = cache(fields)
        self._read_spectrum = cache(spectrum)
        self._read_edges = cache(lambda: _positive(*edges()))
        self._read_eigen = cache(eigen)
        self._reader, self._needs = "", frozenset[str](get_args(Need))
        self._operators: frozenset[str] | None = None

    @classmethod
    def of_edges(cls, graphs: PackedGraphs) -> "GraphView":
        """Return the view of packed graphs without a spectrum."""
        everything = torch.arange(len(graphs), device=graphs.num_nodes.device)
        layout = DenseLayout.from_sizes(graphs.num_nodes.tolist(), graphs.num_nodes.device)
        return cls(layout, _no_spectrum, _no_spectrum, lambda: collated_edges(graphs, everything))

    def limited_to(
        self, needs: frozenset[Need], reader: str, operators: frozenset[str] = frozenset({NORMALIZED})
    ) -> "GraphView":
        """Return a view of the same graphs that refuses what an encoding does not declare; both read it once."""
        view = copy(self)
        for computed in ("adjacency", "connected"):  # by another reader, it would pass the check
            view.__dict__.pop(computed, None)
        view._reader, view._needs, view._operators = reader, needs, operators
        return view

    def _check(self, need: Need) -> None:
        if need not in self._needs:
            raise MspeError(
                f"encoding {self._reader}: reads the {need} of graphs, which its class does not declare; add {need!r} "
                "to `needs`"
            )

    def _check_spectrum(self, operator: str) -> None:
        self._check("spectrum")
        if self._operators is not None and operator not in self._operators:
            raise MspeError(
                f"encoding {self._reader}: reads the spectrum of the operator {operator}, which its class does not "
                "declare; return it from `operators_of`"
            )

    @property
    def _fields(self) -> Mapping[str, Tensor]:
        self._check_spectrum(NORMALIZED)
        return self._read_fields()

    @property
    def _edges(self) -> tuple[Tensor, Tensor | None]:
        self._check("edges")
        return self._read_edges()

    @property
    def spectrum(self) -> Spectrum:
        """The normalised Laplacian's spectrum of each graph, padded to the largest."""
        self._check_spectrum(NORMALIZED)
        return self._read_spectrum()

    def eigen(self, operator: str) -> Eigen:
        """Return an operator's eigenvalues and eigenvectors of each graph, padded to the largest."""
        if operator == NORMALIZED:
            return self.spectrum
        self._check_spectrum(operator)
        return self._read_eigen(operator)

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

    @cached_property
    def connected(self) -> Bool[Tensor, "graphs size size"]:
        """True where a path of edges, followed either way, leads from row to column: the diagonal too, padding never.

        An edge of weight 0 is none, as in every spectrum.
        """
        from scipy.sparse.csgraph import connected_components

        slot, mask = self.layout.slot, self.layout.mask
        row, column = self.edge_index.cpu().numpy()
        edges = coo_array((np.ones(row.size), (row, column)), shape=(slot.numel(), slot.numel()))
        component = torch.from_numpy(connected_components(edges, directed=False)[1]).to(slot)
        grid = component.new_full(mask.shape, -1)
        grid.view(-1)[slot] = component
        return (grid[:, :, None] == grid[:, None]) & mask[:, None]
