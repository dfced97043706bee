"""Means over the nodes of graphs, of which some were drawn, with their standard error."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A mean over graphs of means over their nodes.

    Attributes
    ----------
    mean
        None where nothing was measured.
    error
        Standard error by what was drawn of graphs and nodes: 0 where all were measured, None where it is not known,
        since one graph was drawn of many, or one node of each graph.
    """

    mean: float | None
    error: float | None

    def __str__(self) -> str:
        if self.mean is None:
            return "–"
        return f"{self.mean:.2f}" if not self.error else f"{self.mean:.2f} ± {self.error:.2f}"


def two_stage(values: Mapping[int, Sequence[float]], sizes: Mapping[int, int], graphs: int) -> Estimate:
    """Estimate the mean over graphs of the mean over nodes (Cochran, Sampling Techniques, 1977, section 10.3).

    With G of N graphs drawn, of graph g m_g of n_g nodes, s_b² the variance between the graphs' means and s_g² within:
    error² = (1 − G/N) s_b² / G + (G/N) Σ_g (1 − m_g/n_g) s_g² / (m_g G²).

    Parameters
    ----------
    values
        Of the measured nodes, by graph.
    sizes
        Nodes of each graph from which these were drawn.
    graphs
        Number of graphs from which these were drawn.

    Examples
    --------
    >>> two_stage({0: [1.0, 3.0], 1: [4.0]}, {0: 2, 1: 1}, graphs=2)
    Estimate(mean=3.0, error=0.0)
    >>> two_stage({0: [1.0, 3.0]}, {0: 4}, graphs=1)  # s² = 2, half of the nodes: √(½ · 2 / 2)
    Estimate(mean=2.0, error=0.7071067811865476)
    """
    known = {graph: np.asarray(found, dtype=np.float64) for graph, found in values.items() if len(found)}
    if not known:
        return Estimate(None, None)
    count = len(known)
    means = np.array([found.mean() for found in known.values()])
    drawn = count / graphs
    between = (1.0 - drawn) * _variance(means) / count if drawn < 1 else 0.0
    within = sum(
        (1.0 - found.size / sizes[graph]) * _variance(found) / found.size
        for graph, found in known.items()
        if found.size < sizes[graph]
    )
    error = math.sqrt(between + drawn * within / count**2)
    return Estimate(float(means.mean()), None if math.isnan(error) else error)


def _variance(values: np.ndarray) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else math.nan
