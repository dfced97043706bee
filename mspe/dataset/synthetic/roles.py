"""The question which role the generator gave to each node: its block, or its part of the graph's shape."""

import numpy as np

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.generators import GENERATORS
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.dataset.synthetic.question import Answered, Question, mark


def role(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Each node's role, one node of each role marked with it, as CLUSTER does (Dwivedi et al., arXiv 2003.00982)."""
    assert graph.roles is not None
    marks = {int(random.choice(np.flatnonzero(graph.roles == role))): int(role) + 1 for role in np.unique(graph.roles)}
    return Answered(graph.roles, mark(graph.size, marks), (1 + len(role_names(params)),))


def role_names(params: SyntheticParams) -> tuple[str, ...]:
    """Return the names of the roles that the generator plants."""
    assert params.generator is not None
    return GENERATORS[params.generator].roles(params)


QUESTIONS = (
    Question(
        "role",
        "each node's block, or part of the shape",
        "node",
        role,
        classes=role_names,
        connected=False,
        features="help",
        generators=("block_model", "barbell", "lollipop", "caterpillar"),
    ),
)
