"""Influence against distance, over nodes and graphs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from mspe.influence.estimate import Estimate, two_stage

RESISTANCE_EDGES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, np.inf)
"""Bounds of the ranges of resistance, each above the first and up to the second; before them stands exactly 0."""


@dataclass(frozen=True)
class NodeSpread:
    """Influence of all nodes of a graph on one of them, u.

    Attributes
    ----------
    by_hops, count
        Sum of I(u, v), and number of nodes v, at each number of hops.
    by_resistance
        Sum of I(u, v) at resistance 0, and in each range of `RESISTANCE_EDGES`; None where it is not computed.
    resistance_sum
        Σ_v I(u, v) R(u, v); None where it is not computed.
    elsewhere
        Sum over the nodes that no path joins to u.
    """

    by_hops: Float[np.ndarray, " hops"]
    count: Float[np.ndarray, " hops"]
    by_resistance: Float[np.ndarray, " ranges"] | None
    resistance_sum: float | None
    elsewhere: float

    @classmethod
    def of(
        cls,
        influence: Float[np.ndarray, " nodes"],
        hops: Float[np.ndarray, " nodes"],
        resistance: Float[np.ndarray, " nodes"] | None,
    ) -> "NodeSpread":
        """Sum the influence of each node by its distance."""
        joined = np.isfinite(hops)
        steps, inside = hops[joined].astype(np.int64), influence[joined]
        binned, total = None, None
        if resistance is not None:
            place = np.searchsorted(RESISTANCE_EDGES, resistance[joined] - 1e-9)
            place[steps == 0] = 0
            binned = np.bincount(place, weights=inside, minlength=len(RESISTANCE_EDGES))
            total = float(inside @ resistance[joined])
        return cls(
            by_hops=np.bincount(steps, weights=inside),
            count=np.bincount(steps).astype(np.float64),
            by_resistance=binned,
            resistance_sum=total,
            elsewhere=float(influence[~joined].sum()),
        )

    @property
    def total(self) -> float:
        """Σ_v I(u, v) over the nodes that a path joins to u, u included."""
        return float(self.by_hops.sum())

    @property
    def hops_sum(self) -> float:
        """Range, not normalised: Σ_v I(u, v) d(u, v)."""
        return float(self.by_hops @ np.arange(self.by_hops.size))


@dataclass(frozen=True)
class Spread:
    """Influence against distance; all are means over graphs of means over their nodes.

    Attributes
    ----------
    range
        ρ = Σ_v I(u, v) d(u, v) / Σ_v I(u, v), d in hops, over v joined to u by a path (arXiv 2506.05971).
    range_sum
        Σ_v I(u, v) d(u, v), not normalised: in the outputs' units.
    resistance_range
        As `range`, with the effective resistance as the distance; None where it is not computed.
    shares
        Of the influence on u, by hops from 0.
    per_node
        Mean I(u, v) of a node at so many hops, where there is any.
    resistance_shares
        At resistance 0, and in each range of `RESISTANCE_EDGES`; empty where it is not computed.
    quantiles
        Of ρ_u over all measured nodes: least, quarter, median, three quarters, greatest.
    elsewhere
        Share of the influence on u that comes from other components, which count in nothing else.
    nodes, silent
        Measured nodes, and how many of them nothing influences: these count in `range_sum` alone.
    """

    range: Estimate
    range_sum: Estimate
    resistance_range: Estimate | None
    shares: list[float]
    per_node: list[float]
    resistance_shares: list[float]
    quantiles: list[float]
    elsewhere: Estimate
    nodes: int
    silent: int

    @classmethod
    def of(cls, found: Mapping[int, Sequence[NodeSpread]], sizes: Mapping[int, int], graphs: int) -> "Spread":
        """Summarise what was found of nodes, by graph.

        Parameters
        ----------
        found
            By graph, one for each measured node.
        sizes, graphs
            Nodes of each graph, and number of graphs, from which these were drawn.
        """
        heard = {graph: [one for one in nodes if one.total > 0] for graph, nodes in found.items()}
        every = [one for nodes in heard.values() for one in nodes]
        ranges = {graph: [one.hops_sum / one.total for one in nodes] for graph, nodes in heard.items()}
        flat = [value for values in ranges.values() for value in values]
        known = bool(every) and all(one.resistance_sum is not None for one in every)
        resistances = {
            graph: [(one.resistance_sum or 0.0) / one.total for one in nodes] for graph, nodes in heard.items()
        }
        apart = {
            graph: [one.elsewhere / (one.total + one.elsewhere) for one in nodes] for graph, nodes in heard.items()
        }
        sums = {graph: [one.hops_sum for one in nodes] for graph, nodes in found.items()}
        binned = [
            [one.by_resistance / one.total for one in nodes if one.by_resistance is not None]
            for nodes in heard.values()
        ]
        count = sum(map(len, found.values()))
        return cls(
            range=two_stage(ranges, sizes, graphs),
            range_sum=two_stage(sums, sizes, graphs),
            resistance_range=two_stage(resistances, sizes, graphs) if known else None,
            shares=_mean_rows([[one.by_hops / one.total for one in nodes] for nodes in heard.values()]),
            per_node=_per_node(every),
            resistance_shares=_mean_rows(binned) if known else [],
            quantiles=np.quantile(flat, [0, 0.25, 0.5, 0.75, 1]).tolist() if flat else [],
            elsewhere=two_stage(apart, sizes, graphs),
            nodes=count,
            silent=count - len(every),
        )

    def beyond(self, hops: int) -> float:
        """Return the share of the influence that comes from beyond so many hops."""
        return float(sum(self.shares[hops + 1 :]))


def _mean_rows(graphs: Sequence[Sequence[np.ndarray]]) -> list[float]:
    """Mean over graphs of the mean over rows; short rows end in zeros."""
    width = max((row.size for rows in graphs for row in rows), default=0)
    means = [np.mean([np.pad(row, (0, width - row.size)) for row in rows], axis=0) for rows in graphs if rows]
    return np.mean(means, axis=0).tolist() if means else []


def _per_node(every: Sequence[NodeSpread]) -> list[float]:
    width = max((one.by_hops.size for one in every), default=0)
    total, count = np.zeros(width), np.zeros(width)
    for one in every:
        total[: one.by_hops.size] += one.by_hops
        count[: one.count.size] += one.count
    return (total / np.maximum(count, 1)).tolist()
