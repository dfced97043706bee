"""What the scales of a dataset can be read off."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch

from mspe.graphs import PackedGraphs


@dataclass(frozen=True)
class GraphStatistics:
    """Of a dataset's graphs.

    Attributes
    ----------
    max_nodes
        Nodes of the largest graph of any split.
    largest_eigenvalue, spectral_gap
        Medians over the training graphs of the largest eigenvalue and of the smallest above zero; 1 where no graph has
        an edge.
    """

    max_nodes: int
    largest_eigenvalue: float = 1.0
    spectral_gap: float = 1.0

    @classmethod
    def of(cls, spectra: Iterable[PackedGraphs], max_nodes: int) -> "GraphStatistics":
        """Read them off the packed spectra of the training graphs."""
        ranges = torch.cat([shard.fields["spectral_range"] for shard in spectra]).double()
        known = ranges[~ranges.isnan().any(dim=1)]
        return cls(max_nodes, *known.median(dim=0).values.tolist()) if known.numel() else cls(max_nodes)

    @property
    def shortest_time(self) -> float:
        """The time after which diffusion tells the largest eigenvalue from zero: 1 / λ_max."""
        return 1.0 / self.largest_eigenvalue

    @property
    def longest_time(self) -> float:
        """The time after which the smallest eigenvalue above zero has decayed: 1 / gap, at least 2 / λ_max."""
        return max(1.0 / self.spectral_gap, 2.0 / self.largest_eigenvalue)
