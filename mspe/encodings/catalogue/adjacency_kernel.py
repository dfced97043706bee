"""Kernels of the adjacency matrix, each component's scaled by its spectral radius: what they share."""

from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.common.section import Section
from mspe.encodings.catalogue.kernel import kernels, refuse_rounding
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.spectrum import ADJACENCY


class AdjacencyKernel(Encoding):
    """K = U g(Λ/ρ) Uᵀ with A = U Λ Uᵀ, ρ the spectral radius of a node's component, and g(1) = 1.

    Powers of A count walks, of which a hub has so many that the plain kernels overflow on large graphs. With A divided
    by the radius of each component, and g by its value there, all values lie in [0, 1] whatever the degrees and the
    unit of the weights, and a component has the same ones beside others as alone. On pairs: K, 0 between components.
    On nodes: its diagonal.

    Edges are followed either way; weights count by their ratios alone; a self-loop counts once. A component of one
    node has 1, as with walks: its λ is ρ, also where both are 0. A subclass has `Params` of one field, its scales, and
    `evaluate`.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})

    @classmethod
    def operators_of(cls, params: Section) -> frozenset[str]:
        """Return the adjacency matrix."""
        return frozenset({ADJACENCY})

    @property
    def scales(self) -> tuple[float, ...]:
        """The only parameter."""
        values: dict[str, Any] = dict(self.params)
        return next(iter(values.values()))

    @property
    def node_channels(self) -> list[str]:
        """Name and scale of each."""
        return [f"{self.name}({scale:.6g})" for scale in self.scales]

    @property
    def pair_channels(self) -> list[str]:
        """Name and scale of each."""
        return self.node_channels

    def evaluate(
        self, ratios: Float[Tensor, "*shape 1"], scales: Float[Tensor, " scales"]
    ) -> Float[Tensor, "*shape scales"]:
        """Return g of each λ/ρ, in [−1, 1], at each scale."""
        return ratios.expand(*ratios.shape[:-1], scales.numel())

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes scales"]:
        """Return the diagonal."""
        squared = graphs.eigen(ADJACENCY).eigenvectors.square()
        diagonal = torch.einsum("gik,gikc->gic", squared, self._response(graphs))
        return graphs.layout.flatten(diagonal.clamp(0.0, 1.0))

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size scales"]:
        """Return the kernel, and 0 on padding."""
        vectors = graphs.eigen(ADJACENCY).eigenvectors
        kernel = kernels(vectors, self._response(graphs), vectors).clamp(0.0, 1.0)
        return torch.where(graphs.connected[..., None], kernel, 0.0)

    def _response(self, graphs: GraphView) -> Float[Tensor, "graphs size modes scales"]:
        """g of each eigenvalue by the radius of each node's component.

        A mode is a component's where it has mass there. Components that share an eigenvalue may mix their m modes of
        it, but these have a mass of at least 1 in each together, so one has at least 1/m: the radius is the largest λ
        whose mode has more than 1/(2n). Modes of other components contribute nothing to the kernel; their ratios are
        kept to [−1, 1], so that nor do they overflow.
        """
        eigen, connected = graphs.eigen(ADJACENCY), graphs.connected
        mass = connected.to(eigen.eigenvalues.dtype) @ eigen.eigenvectors.square()  # [graphs, size, modes]
        present = mass > 0.5 / mass.size(-1)
        radius = torch.where(present, eigen.eigenvalues[:, None], 0.0).amax(dim=-1)  # [graphs, size]
        alone = connected.sum(dim=-1) <= 1  # and padding
        refuse_rounding(torch.where(alone, torch.inf, radius), eigen.eigenvalues, self.name)
        ratios = eigen.eigenvalues[:, None] / torch.where(alone, 1.0, radius)[..., None]
        ratios = torch.where(alone[..., None], 1.0, ratios).clamp(-1.0, 1.0)
        return self.evaluate(ratios[..., None], ratios.new_tensor(self.scales))
