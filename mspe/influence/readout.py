"""Linear probes: how well the states behind each layer tell the degree of a node, and the distance of two."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from torch import nn

from mspe.influence.sample import DrawnGraph, Sample
from mspe.influence.sites import Sites
from mspe.influence.trace import device_of, run_traced

_PENALTIES = np.logspace(-2, 6, 9)  # of standardised columns, chosen by folds of whole graphs
_FOLDS = 5

States = Float[np.ndarray, "nodes hidden"]


@dataclass(frozen=True)
class Readout:
    """R² of ridge regressions on graphs that they were not fitted on; None where there is nothing to tell apart.

    Attributes
    ----------
    degree
        Of a node, from its state: neighbours, each counted once.
    distance
        In hops, of a drawn node and each other node that a path joins to it, from the square of the difference and the
        product of their states.
    """

    degree: float | None
    distance: float | None


def read_out(model: nn.Module, sample: Sample, sites: Sites, seed: int) -> dict[str, Readout]:
    """Fit probes on the states of half of the graphs, drawn by the seed, and score them on the others.

    Returns
    -------
    dict
        By layer; empty with fewer than four graphs.
    """
    graphs = [graph for drawn in sample.batches for graph in drawn.graphs]
    if len(graphs) < 4:
        return {}
    states: dict[str, list[States]] = {name: [] for name in sites.layers}
    device = device_of(model)
    for drawn in sample.batches:
        trace = run_traced(model, drawn.batch.to(device), sites)
        for name, found in trace.states.items():
            values = found.detach().double().cpu().numpy()
            states[name] += [values[graph.nodes] for graph in drawn.graphs]
    order = np.random.default_rng(seed).permutation(len(graphs))
    fitted, held_out = order[: len(graphs) // 2], order[len(graphs) // 2 :]
    degrees = [graph.degrees for graph in graphs]
    distances = [_distances(graph) for graph in graphs]
    return {
        name: Readout(
            degree=_score(found, degrees, fitted, held_out),
            distance=_score(
                [_pairs(graph, one) for graph, one in zip(graphs, found, strict=True)], distances, fitted, held_out
            ),
        )
        for name, found in states.items()
    }


def _joined(graph: DrawnGraph) -> tuple[np.ndarray, np.ndarray]:
    """Places of the pairs of a source and another node that a path joins to it."""
    source, node = np.nonzero(np.isfinite(graph.hops) & (graph.hops > 0))
    return source, node


def _distances(graph: DrawnGraph) -> Float[np.ndarray, " pairs"]:
    return graph.hops[_joined(graph)]


def _pairs(graph: DrawnGraph, states: States) -> Float[np.ndarray, "pairs columns"]:
    source, node = _joined(graph)
    first, second = states[graph.sources[source]], states[node]
    return np.concatenate([(first - second) ** 2, first * second], axis=1)


def _score(
    inputs: Sequence[np.ndarray], targets: Sequence[np.ndarray], fitted: np.ndarray, held_out: np.ndarray
) -> float | None:
    """R² on the graphs held out."""
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    (x, y), (new_x, new_y) = (
        (np.concatenate([inputs[place] for place in part]), np.concatenate([targets[place] for place in part]))
        for part in (fitted, held_out)
    )
    graph = np.repeat(fitted, [targets[place].size for place in fitted])
    count = np.unique(graph).size
    if count < 2 or new_y.size < 2 or np.ptp(new_y) == 0:
        return None
    folds = list(GroupKFold(min(_FOLDS, count)).split(x, y, graph))
    probe = make_pipeline(StandardScaler(), RidgeCV(_PENALTIES, cv=folds, scoring="neg_mean_squared_error"))
    return float(probe.fit(x, y).score(new_x, new_y))
