"""Personalised PageRank (Gasteiger et al. 2019)."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from mspe.common.section import Float, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.filter import Place, ScaleFilter
from mspe.encodings.scales import Scales, geometric
from mspe.encodings.statistics import GraphStatistics

Restart = Annotated[Float, Field(gt=0, le=1)]


class PersonalizedPageRank(ScaleFilter):
    """Personalised PageRank with restart α: g(λ) = α / (α + (1 − α)λ), so α(I − (1 − α)P)^-1.

    As with walks, an isolated node keeps its whole weight: 1.

    Examples
    --------
    >>> PersonalizedPageRank([1.0]).response(torch.tensor([0.7])).tolist()
    [[1.0]]
    """

    name = "ppr"
    about = About("personalised PageRank", "arXiv 1810.05997", "spectrum", weighted=True)
    conjugated = True
    non_negative: ClassVar[frozenset[Place]] = frozenset({"node", "pair"})

    class Params(Section):
        """Its scales."""

        restarts: Scales[Restart]

    @classmethod
    def auto(cls, statistics: GraphStatistics) -> Sequence[float]:
        """Return four restarts α, whose filter falls to one half at λ = α / (1 − α), from the gap to λ_max."""
        return geometric(1 / (1 + statistics.longest_time), 1 / (1 + statistics.shortest_time), 4)

    @staticmethod
    def _unconstrain(scales: Tensor) -> Tensor:
        return torch.logit(scales)

    @staticmethod
    def _constrain(unconstrained: Tensor) -> Tensor:
        return torch.sigmoid(unconstrained)

    def evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        """Return α / (α + (1 − α)λ)."""
        return scales / (scales + (1.0 - scales) * eigenvalues)
