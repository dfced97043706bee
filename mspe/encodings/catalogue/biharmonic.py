"""Biharmonic distance (Lipman et al. 2010, ACM Transactions on Graphics 29(3))."""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.common.section import Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.kernel import inverse_eigenvalues, row_statistics, squared_distances
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.spectrum import COMBINATORIAL


class Biharmonic(Encoding):
    """Biharmonic distance d(i, j)² = Σ_{λ_k > 0} (U_ik − U_jk)² / λ_k² = ‖L⁺ e_i − L⁺ e_j‖², with L = D − A.

    Where `resistance` has the power 1 of λ, it has 2, and so tells more of a graph's shape as a whole. It grows as
    n^{3/2} on a path of n nodes, so its channels hold log(1 + d). On pairs: that, and whether no path connects the two;
    the first is then 0. On nodes: mean, maximum and standard deviation of the row, over the node's component.

    Edges are followed either way; doubled weights halve d; self-loops change nothing. A node without edges, or alone,
    has 0 everywhere.
    """

    name = "biharmonic"
    about = About("distance of columns of L⁺", "Lipman et al. 2010", "n³", weighted=True)
    off = False
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})

    @classmethod
    def operators_of(cls, params: Section) -> frozenset[str]:
        """Return the combinatorial Laplacian."""
        return frozenset({COMBINATORIAL})

    @property
    def node_channels(self) -> list[str]:
        """Statistics of a node's row."""
        return [f"biharmonic(log; {statistic})" for statistic in ("mean", "max", "std")]

    @property
    def pair_channels(self) -> list[str]:
        """The distance, and what has none."""
        return ["biharmonic(log)", "biharmonic(disconnected)"]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes 3"]:
        """Return the statistics."""
        return graphs.layout.flatten(row_statistics(graphs, self._log_distance(graphs)))

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size 2"]:
        """Return the distances, and 0 on padding."""
        distance = self._log_distance(graphs)
        apart = graphs.layout.pair_mask & ~graphs.connected
        return torch.stack([distance, apart.to(distance.dtype)], dim=-1)

    def _log_distance(self, graphs: GraphView) -> Float[Tensor, "graphs size size"]:
        """log(1 + d), and 0 between components and on padding."""
        eigen = graphs.eigen(COMBINATORIAL)
        inverse = inverse_eigenvalues(graphs, eigen.eigenvalues, self.name)
        squared = squared_distances(eigen.eigenvectors, inverse.square()[..., None])[..., 0]
        return torch.where(graphs.connected, squared.sqrt().log1p(), 0.0)
