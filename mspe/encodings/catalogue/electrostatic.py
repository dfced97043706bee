"""Electrostatic encoding: GraphGPS's ElstaticSE (Rampášek et al., arXiv 2205.12454; Kreuzer et al., 2106.03893)."""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.common.section import Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.kernel import inverse_eigenvalues, kernels
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.spectrum import COMBINATORIAL

_STATISTICS = ("min", "max", "mean", "std")


class Electrostatic(Encoding):
    """Ten statistics of the potential V_ij = L⁺_ij − L⁺_jj that a charge at j gives i, with L = D − A.

    In the order of GraphGPS's `get_electrostatic_function_encoding`: minimum, maximum, mean and standard deviation
    (ddof 1) of a node's column, the same of its row, then Σ_i (A_ij/d_i) V_ij over its column and Σ_j (A_ij/d_i) V_ij
    over its row. The numbers are that function's on connected graphs of several nodes, its sixth channel included,
    which repeats the second; a potential is largest at its charge, so both are 0.

    Of several components each is encoded as if alone, where GraphGPS takes statistics over all nodes, zeros of the
    others included. A node without edges, or alone, has 0 everywhere, where GraphGPS has NaN. Edges are followed either
    way; doubled weights halve V; self-loops change nothing.
    """

    name = "electrostatic"
    about = About("statistics of potentials L⁺", "arXiv 2106.03893", "n³", ("node",), weighted=True)
    off = False
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})

    @classmethod
    def operators_of(cls, params: Section) -> frozenset[str]:
        """Return the combinatorial Laplacian."""
        return frozenset({COMBINATORIAL})

    @property
    def node_channels(self) -> list[str]:
        """The statistics, by what they are over."""
        over = [f"electrostatic({place}; {statistic})" for place in ("column", "row") for statistic in _STATISTICS]
        return [*over, "electrostatic(column; neighbours)", "electrostatic(row; neighbours)"]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes 10"]:
        """Return the statistics."""
        eigen, connected = graphs.eigen(COMBINATORIAL), graphs.connected
        vectors, values = eigen.eigenvectors.double(), eigen.eigenvalues.double()  # differences of large numbers
        responses = torch.stack([inverse_eigenvalues(graphs, values, self.name), values], dim=-1)
        inverse, laplacian = kernels(vectors, responses[:, None], vectors).unbind(-1)  # L⁺ and L
        potential = inverse - inverse.diagonal(dim1=1, dim2=2)[:, None]
        column, row = _statistics(potential.mT, connected), _statistics(potential, connected)
        row[1] = column[1]
        step = _steps(laplacian, graphs.adjacency)
        neighbours = [(step * potential).sum(dim=1), (step * potential).sum(dim=2)]
        statistics = torch.stack([*column, *row, *neighbours], dim=-1)
        return graphs.layout.flatten(statistics.to(eigen.eigenvalues.dtype))


def _statistics(potential: Float[Tensor, "graphs size size"], connected: Tensor) -> list[Float[Tensor, "graphs size"]]:
    """Minimum, maximum, mean and standard deviation of each row over its component; each row holds a 0."""
    inside = torch.where(connected, potential, 0.0)
    count = connected.sum(dim=-1).clamp(min=1)
    mean = inside.sum(dim=-1) / count
    squares = torch.where(connected, potential - mean[..., None], 0.0).square().sum(dim=-1)
    return [inside.amin(dim=-1), inside.amax(dim=-1), mean, (squares / (count - 1).clamp(min=1)).sqrt()]


def _steps(
    laplacian: Float[Tensor, "graphs size size"], adjacent: Float[Tensor, "graphs size size"]
) -> Float[Tensor, "graphs size size"]:
    """D^-1 A without self-loops, where an edge leads either way; rows of isolated nodes are 0."""
    weight = torch.where((adjacent + adjacent.mT) > 0, -laplacian, 0.0)
    weight.diagonal(dim1=1, dim2=2).zero_()
    degree = weight.sum(dim=-1, keepdim=True)
    return weight / torch.where(degree > 0, degree, 1.0)
