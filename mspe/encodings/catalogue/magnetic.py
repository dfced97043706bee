"""Heat and walks of the magnetic Laplacian, for directed graphs (Geisler et al., arXiv 2302.00049)."""

from itertools import product
from typing import Annotated, Any, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from mspe.common.section import Float as Number
from mspe.common.section import PositiveInt, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.kernel import kernels
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.scales import Listed, Time
from mspe.encodings.spectrum import magnetic

Potential = Annotated[Number, Field(ge=0, le=0.5)]
Step = Annotated[PositiveInt, Field(le=10**6)]


class Magnetic(Encoding):
    """Heat U e^(−tΛ) Uᴴ and walks U (1 − Λ)^k Uᴴ of the magnetic Laplacian L^(q) = U Λ Uᴴ, at several potentials q.

    L^(q) = I − (D_s^-½ A_s D_s^-½) ⊙ exp(2πiq (A − Aᵀ)) is Hermitian; A_s, as everywhere here, has the larger weight of
    both directions. A walk adds up the phases of its edges, 2πq along an edge of weight 1 without a way back and −2πq
    against it, so kernels tell with and against, and how much walks go round. They are the same for any basis of
    the eigenvectors (Huang et al., arXiv 2407.20912). On pairs: real parts, which are symmetric, and imaginary ones,
    which change their sign with the order of the pair. On nodes: the diagonal, which is real. All lie in [−1, 1].

    Reversing all edges conjugates. Of a graph whose edges all lead both ways, and at q = 0, the real part is that of
    the graph without direction: of `heat`; of `walk`, D^½ P^k D^-½, whose diagonal is the walk's; the imaginary one is
    0. Weights count in A_s and in the phase: where q · weight reaches ½, a phase has no direction, and the graph is
    refused. A node without edges has λ = 0, so 1. It sees direction only where the graphs given to it have one-way
    edges.

    Parameters
    ----------
    potentials
        q from 0 to ½, below ½ over the largest weight of an edge, less that of its way back.
    times
        Of heat, t > 0.
    steps
        Of walks, k ≥ 1.
    """

    name = "magnetic"
    about = About("heat and walks with phases", "arXiv 2302.00049", "n³", weighted=True, directed=True)
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum"})

    class Params(Section):
        """Potentials, and scales."""

        potentials: Listed[Potential] = (0.1, 0.25)
        times: Listed[Time] = (1.0, 4.0)
        steps: Listed[Step] = (1, 2, 4)

    @classmethod
    def operators_of(cls, params: Section) -> frozenset[str]:
        """Return the magnetic Laplacian at each potential."""
        return frozenset(magnetic(potential) for potential in dict(params)["potentials"])

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        values = dict(self.params)
        self.potentials: tuple[float, ...] = values["potentials"]
        self.times: tuple[float, ...] = values["times"]
        self.steps: tuple[int, ...] = values["steps"]

    @property
    def node_channels(self) -> list[str]:
        """By potential, heat and walks at each scale."""
        scales = [f"heat({time:.6g})" for time in self.times] + [f"walk({step})" for step in self.steps]
        return [f"magnetic({q:.6g}; {scale})" for q, scale in product(self.potentials, scales)]

    @property
    def pair_channels(self) -> list[str]:
        """The same, first the real parts of all and then the imaginary ones."""
        return [f"{part} {channel}" for part in ("re", "im") for channel in self.node_channels]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the diagonals."""
        parts = []
        for potential in self.potentials:
            eigen = graphs.eigen(magnetic(potential))
            parts.append(eigen.eigenvectors.abs().square() @ self._response(eigen.eigenvalues))
        return graphs.layout.flatten(torch.cat(parts, dim=-1))

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return the kernels, and 0 on padding."""
        parts = []
        for potential in self.potentials:
            eigen = graphs.eigen(magnetic(potential))
            response = self._response(eigen.eigenvalues)[:, None]
            parts.append(kernels(eigen.eigenvectors, response, eigen.eigenvectors))
        kernel = torch.cat(parts, dim=-1)
        return torch.cat([kernel.real, kernel.imag], dim=-1)

    def _response(self, eigenvalues: Float[Tensor, "graphs size"]) -> Float[Tensor, "graphs size scales"]:
        times, steps = eigenvalues.new_tensor(self.times), eigenvalues.new_tensor(self.steps)
        values = eigenvalues[..., None]
        return torch.cat([torch.exp(-times * values), (1.0 - values) ** steps], dim=-1)
