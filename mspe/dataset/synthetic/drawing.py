"""A graph drawn by a plan, what is asked of it, and its features with their noise."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Real

from mspe.common.errors import MspeError
from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.dataset.synthetic.plan import Plan
from mspe.dataset.synthetic.question import Answered

DRAWS = 1000
"""At most so many draws of a graph that has to be connected."""


@dataclass(frozen=True)
class Drawn:
    """A graph with its answers.

    Attributes
    ----------
    graph
        Its nodes numbered at random.
    answers
        One for the graph, or one a node; NaN where a node is not asked.
    features
        Categories, or real numbers; None where nodes have none.
    distances
        Hops from the node that an answer comes from, a row each as `answers`; None where that is no single node.
    redrawn
        How many graphs before it were not connected, where the question needs that.
    """

    graph: SyntheticGraph
    answers: Real[np.ndarray, " rows"]
    features: Real[np.ndarray, "nodes columns"] | None
    distances: Real[np.ndarray, " rows"] | None
    redrawn: int


def draw(plan: Plan, random: np.random.Generator) -> Drawn:
    """Draw a graph and what is asked of it.

    The size is drawn once and kept, so that graphs that are drawn again do not favour the sizes that are often
    connected.

    Raises
    ------
    MspeError
        If none of 1000 graphs is connected where the question needs it.
    """
    size = int(random.choice(plan.sizes))
    for redrawn in range(DRAWS):
        graph = plan.generator.draw(random, size, plan.params)
        if not plan.question.connected or graph.is_connected:
            graph = graph.renumbered(random.permutation(size))
            answered = plan.question.answer(random, graph, plan.params)
            features = features_of(answered, plan.params, random)
            return Drawn(graph, answered.answers, features, answered.distances, redrawn)
    raise MspeError(
        f"dataset.synthetic: none of {DRAWS} graphs of {plan.generator.name} with {size} nodes and degree "
        f"{plan.params.degree} is connected, which {plan.question.name} needs; raise dataset.synthetic.degree, or take "
        "fewer nodes or another generator"
    )


def features_of(
    answered: Answered, params: SyntheticParams, random: np.random.Generator
) -> Real[np.ndarray, "nodes columns"] | None:
    """Return the features with normal noise; None where there are none, or structure alone is wanted."""
    if answered.features is None or not params.features:
        return None
    if not params.noise:
        return answered.features
    clean = one_hot(answered)
    return clean + params.noise * random.standard_normal(clean.shape)


def one_hot(answered: Answered) -> Float[np.ndarray, "nodes columns"]:
    """Return categories as one column of 0 and 1 for each, and numbers as they are.

    Examples
    --------
    >>> one_hot(Answered(np.zeros(2), np.array([[0, 1], [1, 0]]), (2, 2))).tolist()
    [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]]
    """
    assert answered.features is not None
    if not answered.categories:
        return answered.features.astype(np.float64)
    columns = zip(answered.features.T, answered.categories, strict=True)
    return np.concatenate([np.eye(count)[column] for column, count in columns], axis=1)
