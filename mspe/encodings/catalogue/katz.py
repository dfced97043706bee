"""The Katz index (Katz 1953)."""

from typing import Annotated

from pydantic import Field
from torch import Tensor

from mspe.common.section import Float, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.adjacency_kernel import AdjacencyKernel
from mspe.encodings.scales import Listed

Share = Annotated[Float, Field(gt=0, lt=1)]


class Katz(AdjacencyKernel):
    """The Katz index (1 − α)(I − αA/ρ)^-1: all walks between two nodes, one of k steps weighted by (α/ρ)^k.

    α is a share of the largest attenuation 1/ρ at which the series converges, so it always does; networkx's
    `katz_centrality` at α/ρ is the sum of a row, divided by 1 − α.

    Parameters
    ----------
    alphas
        α between 0 and 1, neither included.
    """

    name = "katz"
    about = About("all walks, k steps by αᵏ", "Katz 1953", "n³", weighted=True)

    class Params(Section):
        """Its scales."""

        alphas: Listed[Share] = (0.5, 0.8, 0.95)

    def evaluate(self, ratios: Tensor, scales: Tensor) -> Tensor:
        """Return (1 − α) / (1 − αλ/ρ)."""
        return (1.0 - scales) / (1.0 - scales * ratios)
