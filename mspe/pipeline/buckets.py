"""Errors by the distance, diameter or size that belongs to each sample, in buckets of neighbouring values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs, TargetLevel
from mspe.graphs.hops import UNREACHED, diameters, eccentricities, link_distances
from mspe.graphs.packing import ANSWER_DISTANCE, TARGET_ROWS
from mspe.tasks import Task

Axis = Literal["distance", "diameter", "size"]
"""Numbers that samples are ordered by."""
AXES: tuple[Axis, ...] = get_args(Axis)
NONE = UNREACHED
"""Value of a sample that lies in no bucket."""

_MOST_WORK = 3 * 10**9
"""Of one graph, sources times nodes and edges: some minutes."""


@dataclass(frozen=True)
class Bucket:
    """A range of distances, diameters or sizes, both ends included, and how many samples of the dataset lie in it."""

    first: int
    last: int
    samples: int

    def holds(self, values: Int[Tensor, " samples"]) -> Tensor:
        """Return which values lie in it."""
        return (values >= self.first) & (values <= self.last)

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"


def sample_values(by: Axis, graphs: PackedGraphs, level: TargetLevel) -> Int[Tensor, " samples"]:
    """Return the number that each sample is ordered by; `NONE` of samples without a target or a distance.

    Parameters
    ----------
    by
        `size` is the number of nodes and `diameter` the longest shortest path of the sample's graph. `distance` is, in
        hops, what the dataset itself gives in the field `answer_distance`, as synthetic tasks with a source do: from
        the source to the node that is asked; else of a pair of nodes its shortest path in the graph that the model
        sees, and of a node its eccentricity, the distance from the farthest node.
    graphs
        With their targets.
    level
        What one sample is: a `graph`, a `node`, or a pair of nodes, `edge`.

    Raises
    ------
    MspeError
        If samples have no distance.
    """
    check_axis(by, graphs, level)
    if by == "distance":
        values = _distances(graphs, level)
    else:
        values = (graphs.num_nodes if by == "size" else diameters(graphs)).repeat_interleave(
            sample_counts(graphs, level)
        )
    targets = graphs.fields.get("y")
    if targets is None or len(targets) != len(values):
        return values
    return torch.where(targets.flatten(1).isnan().all(dim=1), NONE, values)


def default_axes(graphs: PackedGraphs, level: TargetLevel) -> tuple[Axis, ...]:
    """Return what samples are ordered by where nothing is asked for: distance, of whole graphs diameter and size."""
    axes: tuple[Axis, ...] = ("diameter", "size") if level == "graph" else ("distance",)
    return tuple(axis for axis in axes if _problem(axis, graphs, level) is None)


def check_axis(by: Axis, graphs: PackedGraphs, level: TargetLevel) -> None:
    """See that samples can be ordered by this.

    Raises
    ------
    MspeError
        If samples have no distance, as those that are whole graphs have none unless the dataset gives one; or a graph
        is so large that its distances would take long.
    """
    problem = _problem(by, graphs, level)
    if problem is not None:
        raise MspeError(f"by: got {by!r}, {problem}")


def _problem(by: Axis, graphs: PackedGraphs, level: TargetLevel) -> str | None:
    if by == "size" or (by == "distance" and ANSWER_DISTANCE in graphs.fields):
        return None
    if by == "distance" and level == "graph":
        return (
            "allowed where one target belongs to a whole graph: diameter, size, none; or give the graphs a field "
            f"{ANSWER_DISTANCE}"
        )
    sources = graphs.num_links if by == "distance" and level == "edge" else graphs.num_nodes
    work = sources * (graphs.num_nodes + graphs.num_edges)
    largest = int(work.argmax())
    if int(work[largest]) <= _MOST_WORK:
        return None
    return (
        f"which would take long on a graph of {int(graphs.num_nodes[largest])} nodes and "
        f"{int(graphs.num_edges[largest])} edges, allowed: size, none"
    )


def _distances(graphs: PackedGraphs, level: TargetLevel) -> Int[Tensor, " samples"]:
    given = graphs.fields.get(ANSWER_DISTANCE)
    if given is not None:
        return given.flatten().long()
    return link_distances(graphs) if level == "edge" else eccentricities(graphs)


def describe_distance(graphs: PackedGraphs, level: TargetLevel) -> str:
    """Return what the distance of a sample is, in words; nothing where samples have none."""
    if ANSWER_DISTANCE in graphs.fields:
        return "hops to the source of the answer, as the dataset gives them"
    words = {
        "graph": "",
        "node": "hops to the farthest node, the eccentricity",
        "edge": "hops between the two nodes in the graph that the model sees",
    }
    return words[level]


def sample_counts(graphs: PackedGraphs, level: TargetLevel) -> Int[Tensor, " graphs"]:
    """Return how many samples each graph has."""
    counts = {"graph": torch.ones_like(graphs.num_nodes), "node": graphs.num_nodes, "edge": graphs.num_links}
    return counts[level]


def sample_rows(graphs: PackedGraphs, level: TargetLevel, positions: Int[Tensor, " chosen"]) -> Int[Tensor, " samples"]:
    """Return the places among all samples of those of the chosen graphs, in the order of the choice."""
    return graphs.rows(TARGET_ROWS[level], positions)


def quantile_buckets(values: Int[Tensor, " samples"], most: int = 5) -> list[Bucket]:
    """Cut the range of some integers into buckets that hold about equally many of them.

    Parameters
    ----------
    values
        Those that are `NONE` lie in no bucket.
    most
        Buckets at most; there are fewer where few values occur, or one occurs very often.

    Returns
    -------
    list of Bucket
        At least one value lies in each. A bucket begins where the one before it ended.

    Examples
    --------
    >>> quantile_buckets(torch.tensor([3, 9, 3, 4, -1]), most=2)
    [Bucket(first=3, last=3, samples=2), Bucket(first=4, last=9, samples=2)]
    """
    values = values[values != NONE]
    if not values.numel():
        return []
    ascending = values.sort().values.tolist()
    last = [-(-part * len(ascending) // most) - 1 for part in range(1, most + 1)]
    ends = sorted({ascending[max(place, 0)] for place in last})
    starts = [ascending[0], *(end + 1 for end in ends[:-1])]
    counts = torch.bincount(torch.bucketize(values, torch.tensor(ends)), minlength=len(ends)).tolist()
    return [Bucket(*range_and_count) for range_and_count in zip(starts, ends, counts, strict=True)]


def sample_errors(table: Mapping[str, Sequence[float]], task: Task) -> Float[Tensor, " samples"]:
    """Return how wrong each sample's prediction is, as its task measures it, averaged over its outputs.

    Parameters
    ----------
    table
        The columns of `Evaluation.table`.
    task
        What they are of.

    Returns
    -------
    Tensor
        Outputs without a target (NaN) are left out; NaN where a sample has none at all.

    Examples
    --------
    >>> from mspe.tasks import Regression
    >>> table = {"index": [0, 0, 1, 1], "target": [1.0, 2.0, 5.0, float("nan")], "prediction": [1.5, 1.0, 7.0, 0.0]}
    >>> sample_errors(table, Regression()).tolist()
    [0.75, 2.0]
    """
    target, prediction = (torch.tensor(table[name], dtype=torch.float64) for name in ("target", "prediction"))
    sample = torch.tensor(table["index"], dtype=torch.long)
    error = task.sample_errors(target, prediction)
    known = ~target.isnan()
    sums = torch.bincount(sample, weights=torch.where(known, error, 0.0))
    return sums / torch.bincount(sample, weights=known.double())
