"""Questions about a signal on the graph: the local one of degrees, and one that has spread from a source."""

import numpy as np
from jaxtyping import Float

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.dataset.synthetic.question import Answered, Question


def degree(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Number of neighbours of each node: one hop tells; `source_distance` is the global counterpart."""
    return Answered(graph.degrees)


def diffusion_source(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """The node, against all others, from which a unit of mass has spread by `distance` lazy steps."""
    source = int(random.integers(graph.size))
    mass = spread(graph, source, params.distance)
    answers = (np.arange(graph.size) == source).astype(np.int64)
    return Answered(answers, mass[:, None], distances=graph.distances([source])[0])


def spread(graph: SyntheticGraph, source: int, steps: int) -> Float[np.ndarray, " size"]:
    """Return where a unit of mass is after some lazy steps: each keeps half, and shares half among the neighbours.

    With P = D⁻¹A, the mass is the row e_sᵀ ((I + P) / 2)^t. On a connected graph of at least 3 nodes no two sources
    give the same one: (I + P) / 2 maps e_s − e_u to zero only if s and u have no neighbours but each other.

    Examples
    --------
    >>> spread(SyntheticGraph(3, np.array([[0, 1], [1, 2]])), source=0, steps=2).tolist()
    [0.375, 0.5, 0.125]
    """
    mass = np.zeros(graph.size)
    mass[source] = 1.0
    for _ in range(steps):
        mass = (mass + graph.adjacency @ (mass / graph.degrees)) / 2
    return mass


QUESTIONS = (
    Question("degree", "each node's degree", "node", degree, as_classes=True, connected=False),
    Question(
        "diffusion_source",
        "whether a node is the source of {distance} steps of diffusion",
        "node",
        diffusion_source,
        classes=lambda params: ("other", "source"),
        loss="weighted_cross_entropy",
        metric="roc_auc",
        features="asked",
        misfit=lambda size, params: "at least 3" if size < 3 else None,
    ),
)
