"""Effective resistance and commute time (Klein and Randić 1993; Chandra et al. 1989)."""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.encodings.about import About
from mspe.encodings.catalogue.kernel import inverse_eigenvalues, row_statistics, squared_distances
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need


class Resistance(Encoding):
    """Effective resistance R_ij, each edge a conductor of its weight, and the commute time of a random walk.

    With the normalised Laplacian's pseudo-inverse, R_ij = (e_i/√d_i − e_j/√d_j)ᵀ 𝓛⁺ (e_i/√d_i − e_j/√d_j) (Lovász
    1993, corollary 3.2), the same as by the combinatorial one, and the commute time is vol · R_ij, vol the sum of the
    degrees of the component. On pairs: R, log(1 + commute time), and whether no path connects the two; R and the
    commute time are then 0. On nodes, over the node's component: log(1 + Σ_j R_ij), and the row's mean, maximum and
    standard deviation. A sum and a commute time grow as the square of a graph's size, so they are logarithms.

    Edges are followed either way; weights are conductances, so doubling them halves R; a self-loop changes no R, but
    counts in vol. A node without edges, or alone, has 0 everywhere. It needs eigenvectors, which large graphs have by
    `encodings.backend=dense` alone.
    """

    name = "resistance"
    about = About("effective resistance, commute time", "Klein, Randić 1993", "spectrum", weighted=True)
    off = False
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})

    @property
    def node_channels(self) -> list[str]:
        """Statistics of a node's row."""
        return [f"resistance({statistic})" for statistic in ("log sum", "mean", "max", "std")]

    @property
    def pair_channels(self) -> list[str]:
        """Resistance, commute time, and what has neither."""
        return ["resistance", "resistance(log commute time)", "resistance(disconnected)"]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes 4"]:
        """Return the statistics."""
        resistance = self._resistance(graphs)
        total = resistance.sum(dim=-1, keepdim=True)
        return graphs.layout.flatten(torch.cat([total.log1p(), row_statistics(graphs, resistance)], dim=-1))

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size 3"]:
        """Return the resistances, and 0 on padding."""
        resistance, connected = self._resistance(graphs), graphs.connected
        degree = graphs.spectrum.sqrt_degree.square() * graphs.layout.mask
        volume = (connected * degree[:, None]).sum(dim=-1, keepdim=True)  # of the component: [graphs, size, 1]
        apart = graphs.layout.pair_mask & ~connected
        return torch.stack([resistance, (volume * resistance).log1p(), apart.to(degree.dtype)], dim=-1)

    def _resistance(self, graphs: GraphView) -> Float[Tensor, "graphs size size"]:
        """R, and 0 between components and on padding."""
        spectrum = graphs.spectrum
        scaled = spectrum.eigenvectors / spectrum.sqrt_degree[..., None]
        inverse = inverse_eigenvalues(graphs, spectrum.eigenvalues, self.name)
        return torch.where(graphs.connected, squared_distances(scaled, inverse[..., None])[..., 0], 0.0)
