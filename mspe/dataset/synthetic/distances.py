"""Questions about distances, in hops: of two nodes, from a node to all, the largest."""

import numpy as np

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.dataset.synthetic.question import Answered, Question, mark


def pair_distance(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Distance of two marked nodes."""
    first, second = random.choice(graph.size, size=2, replace=False).tolist()
    distance = graph.distances([first])[0, [second]]
    return Answered(distance, mark(graph.size, {first: 1, second: 1}), (2,), distance)


def source_distance(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Distance of each node from a marked one."""
    source = int(random.integers(graph.size))
    distances = graph.distances([source])[0]
    return Answered(distances, mark(graph.size, {source: 1}), (2,), distances)


def eccentricity(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Distance of each node from the one farthest from it."""
    return Answered(graph.distances().max(axis=1))


def diameter(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Distance of the two nodes farthest from each other."""
    return Answered(graph.distances().max(keepdims=True)[0])


QUESTIONS = (
    Question(
        "pair_distance",
        "the distance of two marked nodes",
        "graph",
        pair_distance,
        as_classes=True,
        features="asked",
    ),
    Question(
        "source_distance",
        "each node's distance from a marked one",
        "node",
        source_distance,
        as_classes=True,
        features="asked",
    ),
    Question("eccentricity", "each node's largest distance", "node", eccentricity, as_classes=True),
    Question("diameter", "the largest distance", "graph", diameter, as_classes=True),
)
