"""Communicability (Estrada and Hatano 2008, arXiv 0707.0756)."""

import torch
from torch import Tensor

from mspe.common.section import PositiveFloat, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.adjacency_kernel import AdjacencyKernel
from mspe.encodings.scales import Listed


class Communicability(AdjacencyKernel):
    """Communicability e^{β(A/ρ − I)}: all walks between two nodes, one of k steps weighted by (β/ρ)^k / k!.

    It is (e^{β'A})_ij at the inverse temperature β' = β/ρ (networkx's `communicability_exp` has β' = 1), divided by its
    largest eigenvalue e^β. On nodes: self-communicability, the subgraph centrality of Estrada and Rodríguez-Velázquez
    (2005).

    Parameters
    ----------
    betas
        β > 0, in units of 1/ρ.
    """

    name = "communicability"
    about = About("all walks, k steps by βᵏ/k!", "arXiv 0707.0756", "n³", weighted=True)

    class Params(Section):
        """Its scales."""

        betas: Listed[PositiveFloat] = (1.0, 2.0, 4.0, 8.0)

    def evaluate(self, ratios: Tensor, scales: Tensor) -> Tensor:
        """Return e^{β(λ/ρ − 1)}."""
        return torch.exp(scales * (ratios - 1.0))
