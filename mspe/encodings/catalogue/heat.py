"""The heat kernel: on nodes the heat-kernel signature (Sun et al. 2009), on pairs diffusion."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mspe.common.section import PositiveFloat, Section
from mspe.encodings.catalogue.filter import ScaleFilter
from mspe.encodings.scales import Scales, geometric
from mspe.encodings.statistics import GraphStatistics


class Heat(ScaleFilter):
    """Heat kernel at time t: g(λ) = e^(−tλ).

    Examples
    --------
    >>> Heat([1.0]).response(torch.tensor([0.0])).tolist()
    [[1.0]]
    """

    name = "heat"

    class Params(Section):
        """Its scales."""

        times: Scales[PositiveFloat]

    @classmethod
    def auto(cls, statistics: GraphStatistics) -> Sequence[float]:
        """Return eight times with a constant ratio, from the shortest that the spectra resolve to the longest."""
        return geometric(statistics.shortest_time, statistics.longest_time, 8)

    def evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        """Return e^(−tλ)."""
        return torch.exp(-scales * eigenvalues)
