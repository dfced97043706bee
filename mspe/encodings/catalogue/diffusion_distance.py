"""Diffusion distance (Coifman and Lafon 2006), of the symmetric heat kernel."""

from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.common.section import Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.kernel import row_statistics, squared_distances
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.scales import Listed, Time


class DiffusionDistance(Encoding):
    """Difference of the heat that spreads from two nodes: D_t(i, j) = ‖K_t e_i − K_t e_j‖ with K_t = U e^(−tΛ) Uᵀ.

    So D_t(i, j)² = Σ_k e^(−2tλ_k) (U_ik − U_jk)², of the normalised Laplacian, between 0 and √2, and at t = 0 it tells
    all pairs apart alike. Coifman and Lafon (2006) weight the conjugated kernel D^-½ K_t D^½ by 1/d instead, which is
    vol · Σ_k e^(−2tλ_k) (U_ik/√d_i − U_jk/√d_j)²: the same up to a factor where all degrees are equal. On nodes: the
    mean over the node's component, itself included.

    Edges are followed either way; weights count. Between components heat does not flow, and D² is the sum of both
    heats. A node without edges keeps its own, 1; alone, its mean is 0.

    Parameters
    ----------
    times
        t > 0.
    """

    name = "diffusion_distance"
    about = About("distance of heat kernels", "Coifman, Lafon 2006", "spectrum", weighted=True)
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})

    class Params(Section):
        """Its scales."""

        times: Listed[Time] = (1.0, 4.0, 16.0)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.times: tuple[float, ...] = dict(self.params)["times"]

    @property
    def node_channels(self) -> list[str]:
        """The mean at each time."""
        return [f"diffusion_distance({time:.6g}; mean)" for time in self.times]

    @property
    def pair_channels(self) -> list[str]:
        """The distance at each time."""
        return [f"diffusion_distance({time:.6g})" for time in self.times]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes times"]:
        """Return the means."""
        means = [row_statistics(graphs, distance)[..., 0] for distance in self.pair(graphs).unbind(-1)]
        return graphs.layout.flatten(torch.stack(means, dim=-1))

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size times"]:
        """Return the distances, and 0 on padding."""
        spectrum = graphs.spectrum
        times = spectrum.eigenvalues.new_tensor(self.times)
        response = torch.exp(-2.0 * times * spectrum.eigenvalues[..., None])
        return squared_distances(spectrum.eigenvectors, response).sqrt() * graphs.layout.pair_mask[..., None]
