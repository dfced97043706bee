"""How far the output at a node changes when features, or edges, far from it are others: the check of gradients."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.graphs.packing import EDGE_LABEL_INDEX, FEATURE_KEY
from mspe.influence.estimate import Estimate, two_stage
from mspe.influence.rewiring import swap_ends
from mspe.influence.sample import DrawnGraph, Sample
from mspe.influence.sites import Sites
from mspe.influence.trace import device_of, hooked

_EACH, _FURTHER = 8, 8  # every distance up to the first, then so many, ever farther apart
_INPUTS = ("x", "edge_index", "edge_attr", "edge_weight", "batch", "ptr", EDGE_LABEL_INDEX, FEATURE_KEY)

Turn = list[tuple[DrawnGraph, int]]
Rerun = Callable[[Batch, Float[Tensor, " nodes"], int], Float[Tensor, "nodes width"]]
"""Outputs of a batch, given the hops of its nodes from the source (−1: left alone), and the distance r."""


@dataclass(frozen=True)
class CausalCurve:
    """Change of the output at u, against the hops r from which on something was changed.

    Attributes
    ----------
    distances
        r; at 0 everything is changed.
    change
        Mean ‖out'_u − out_u‖ (Euclidean).
    range
        Σ_{r ≥ 1} change(r) / change(0): the distance d where the output hangs on what lies exactly d hops away, and in
        general a mean over hops; None where nothing changes the output.
    """

    distances: list[int]
    change: list[Estimate]
    range: float | None

    @property
    def receptive_field(self) -> int | None:
        """Effective receptive field: the largest r from which on a change moves the output half as far as at r = 0.

        Where the output hangs on one node it is that node's distance, however unevenly the change falls before it; None
        where nothing changes the output.
        """
        means = [one.mean or 0.0 for one in self.change]
        moved = [r for r, mean in zip(self.distances, means, strict=True) if 2 * mean >= means[0] > 0]
        return max(moved, default=None)


def occlude(model: nn.Module, sample: Sample, sites: Sites, on_nodes: bool, seed: int) -> CausalCurve:
    """Replace the embedded features of all nodes r or more hops away by those of random nodes of the batch.

    Encodings and edges stay as they are. A node of another component counts as far away.
    """
    generator = torch.Generator().manual_seed(seed)

    def rerun(batch: Batch, hops: Tensor, distance: int) -> Tensor:
        def replace(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
            other = torch.randint(output.size(0), (output.size(0),), generator=generator).to(output.device)
            return torch.where((hops >= distance)[:, None], output[other], output)

        with hooked([sites.features], replace):
            return _outputs(model, batch, sites, on_nodes)

    return _curve(model, sample, sites, on_nodes, rerun)


def cut(model: nn.Module, sample: Sample, sites: Sites, on_nodes: bool) -> CausalCurve:
    """Remove all edges whose nearer end is r or more hops away; the encodings are those of the graph that is left."""

    def rerun(batch: Batch, hops: Tensor, distance: int) -> Tensor:
        kept = ~_from(batch, hops, distance)
        left = _without_encodings(batch)
        left.edge_index = batch.edge_index[:, kept]
        for name in ("edge_attr", "edge_weight"):
            if left.get(name) is not None:
                left[name] = left[name][kept]
        return _outputs(model, left, sites, on_nodes)

    return _curve(model, sample, sites, on_nodes, rerun)


def rewire(model: nn.Module, sample: Sample, sites: Sites, on_nodes: bool, seed: int) -> CausalCurve:
    """Exchange the ends of edges whose nearer end is r or more hops away, each node keeping its degree.

    What changes the output then is how far nodes are joined, and not how many there are; the encodings are those of the
    other graph.
    """
    generator = torch.Generator().manual_seed(seed)

    def rerun(batch: Batch, hops: Tensor, distance: int) -> Tensor:
        other = _without_encodings(batch)
        other.edge_index = swap_ends(batch.edge_index, batch.batch, _from(batch, hops, distance), generator)
        return _outputs(model, other, sites, on_nodes)

    return _curve(model, sample, sites, on_nodes, rerun)


def _from(batch: Batch, hops: Float[Tensor, " nodes"], distance: int) -> Bool[Tensor, " edges"]:
    """Which edges have their nearer end so many hops away or more."""
    return hops[batch.edge_index].amin(dim=0) >= distance


def _without_encodings(batch: Batch) -> Batch:
    """The batch's own fields alone, so that a model encodes the edges that it is given."""
    bare = Batch(**{name: batch[name] for name in _INPUTS if batch.get(name) is not None})
    bare._num_graphs = batch.num_graphs
    return bare


def _curve(model: nn.Module, sample: Sample, sites: Sites, on_nodes: bool, rerun: Rerun) -> CausalCurve:
    distances = _distances(sample.farthest + 1)
    changes: dict[int, dict[int, list[float]]] = {distance: {} for distance in distances}
    device = device_of(model)
    for drawn in sample.batches:
        batch = drawn.batch.to(device)
        before = _outputs(model, batch, sites, on_nodes)
        for turn, sources in drawn.turns():
            hops = _hops(turn, batch.batch.numel()).to(device)
            for distance in distances:
                after = rerun(batch, hops, distance)
                moved = (after[sources] - before[sources]).double().norm(dim=1)
                for (graph, _), value in zip(turn, moved.tolist(), strict=True):
                    changes[distance].setdefault(graph.number, []).append(value)
    change = [two_stage(changes[distance], sample.sizes, sample.graphs) for distance in distances]
    means = [one.mean or 0.0 for one in change]
    steps = np.interp(np.arange(1, distances[-1] + 1), distances, means)
    return CausalCurve(distances, change, float(steps.sum() / means[0]) if means[0] > 0 else None)


def _distances(most: int) -> list[int]:
    """All up to some, then ever fewer; the last one is beyond every node.

    Examples
    --------
    >>> _distances(3), _distances(100)
    ([0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 15, 21, 28, 39, 53, 73, 100])
    """
    if most <= _EACH:
        return list(range(most + 1))
    further = np.geomspace(_EACH, most, _FURTHER + 1).round().astype(int)
    return sorted({*range(_EACH + 1), *further.tolist()})


def _hops(turn: Turn, num_nodes: int) -> Tensor:
    hops = torch.full((num_nodes,), -1.0, dtype=torch.float64)
    for graph, place in turn:
        hops[graph.nodes] = torch.from_numpy(graph.hops[place])
    return hops


@torch.no_grad()
def _outputs(model: nn.Module, batch: Batch, sites: Sites, on_nodes: bool) -> Float[Tensor, "nodes width"]:
    """The output, or the states behind the last layer."""
    if on_nodes:
        return model(batch)
    kept: list[Tensor] = []

    def keep(module: nn.Module, inputs: Any, output: Any) -> None:
        kept.append(output[0] if isinstance(output, tuple) else output)

    with hooked([list(sites.layers.values())[-1]], keep):
        model(batch)
    return kept[0]
