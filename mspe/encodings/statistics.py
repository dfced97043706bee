"""What the scales of a dataset can be read off."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import torch

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs


def _not_given() -> Iterable[PackedGraphs]:
    raise MspeError(
        "an encoding reads its parameters off the training graphs, which were not given; give GraphStatistics.of the "
        "graphs with their edges"
    )


@dataclass(frozen=True)
class GraphStatistics:
    """Of a dataset's graphs.

    Attributes
    ----------
    max_nodes
        Nodes of the largest graph of any split.
    sizes
        How many training graphs have so many nodes.
    largest_eigenvalue, spectral_gap
        Medians over the training graphs of the largest eigenvalue and of the smallest above zero; 1 where no graph has
        an edge.
    graphs
        Gives the training graphs with their edges, part by part, for what an encoding counts itself.
    """

    max_nodes: int
    largest_eigenvalue: float = 1.0
    spectral_gap: float = 1.0
    sizes: Mapping[int, int] = field(default_factory=dict, compare=False)
    graphs: Callable[[], Iterable[PackedGraphs]] = field(default=_not_given, compare=False)

    @classmethod
    def of(
        cls,
        spectra: Iterable[PackedGraphs],
        max_nodes: int,
        graphs: Callable[[], Iterable[PackedGraphs]] = _not_given,
    ) -> "GraphStatistics":
        """Read them off the packed spectra of the training graphs; `graphs` gives these with their edges."""
        sizes = Counter[int]()
        parts = []
        for shard in spectra:
            sizes.update(shard.num_nodes.tolist())
            parts.append(shard.fields["spectral_range"])
        ranges = torch.cat(parts).double()
        known = ranges[~ranges.isnan().any(dim=1)]
        largest, gap = known.median(dim=0).values.tolist() if known.numel() else (1.0, 1.0)
        return cls(max_nodes, largest, gap, sizes, graphs)

    def count_above(self, size: int) -> int:
        """Return how many training graphs have more nodes."""
        return sum(count for nodes, count in self.sizes.items() if nodes > size)

    @property
    def median_nodes(self) -> int:
        """Nodes that at least half of the training graphs have; of the largest graph where none is known.

        Examples
        --------
        >>> GraphStatistics(max_nodes=40, sizes={4: 2, 9: 2, 30: 1}).median_nodes
        9
        """
        ordered = sorted(Counter(self.sizes).elements())
        return ordered[len(ordered) // 2] if ordered else self.max_nodes

    @property
    def shortest_time(self) -> float:
        """The time after which diffusion tells the largest eigenvalue from zero: 1 / λ_max."""
        return 1.0 / self.largest_eigenvalue

    @property
    def longest_time(self) -> float:
        """The time after which the smallest eigenvalue above zero has decayed: 1 / gap, at least 2 / λ_max."""
        return max(1.0 / self.spectral_gap, 2.0 / self.largest_eigenvalue)
