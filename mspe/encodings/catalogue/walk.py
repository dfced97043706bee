"""Random walks: RWSE on nodes (Dwivedi et al., arXiv 2110.07875), RRWP on pairs (Ma et al., arXiv 2305.17589)."""

import math
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field
from torch import Tensor

from mspe.common.section import NonNegativeInt, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.filter import Place, ScaleFilter
from mspe.encodings.scales import Scales
from mspe.encodings.statistics import GraphStatistics


class Walk(ScaleFilter):
    """Random walk of k steps: g(λ) = (1 − λ)^k, so P^k = D^-½ U g(Λ) Uᵀ D^½ with P = D^-1 A.

    Steps are not trained: a fractional power of a negative number is not real.

    An isolated node returns to itself with probability 1, where PyG, GraphGPS and GRIT have 0: rows of P^k then sum to
    1 in every graph. Repeated edges are one step, and weights count, where PyG's `AddRandomWalkPE` counts repeated
    edges twice. On simple graphs without isolated nodes the numbers are PyG's.

    Examples
    --------
    >>> import torch
    >>> Walk([0, 1, 2]).response(torch.tensor([0.5])).tolist()
    [[1.0, 0.5, 0.25]]
    >>> Walk([1, 2]).channel_names
    ['walk(1)', 'walk(2)']
    """

    name = "walk"
    about = About("return and transition of walks", "arXiv 2110.07875", "spectrum", weighted=True)
    conjugated = True
    non_negative: ClassVar[frozenset[Place]] = frozenset({"node", "pair"})
    can_train = False

    class Params(Section):
        """Its scales."""

        steps: Scales[Annotated[NonNegativeInt, Field(le=10**6)]]

    @classmethod
    def auto(cls, statistics: GraphStatistics) -> Sequence[float]:
        """Return steps that double from 1 up to the longest time.

        Examples
        --------
        >>> Walk.auto(GraphStatistics(max_nodes=10, largest_eigenvalue=2.0, spectral_gap=0.1))
        [1, 2, 4, 8, 16]
        """
        return [2**k for k in range(math.ceil(math.log2(statistics.longest_time)) + 1)]

    def evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        """Return (1 − λ)^k."""
        return (1.0 - eigenvalues) ** scales
