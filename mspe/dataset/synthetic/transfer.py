"""Questions whose answer has to travel a known number of hops to the one node that is asked."""

import numpy as np

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.dataset.synthetic.question import Answered, Question, asked_at, mark


def ring_transfer(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Class of a source, asked of a node `distance` hops away on a ring.

    On the default ring of 2 · distance nodes that is the node opposite (Bodnar et al., arXiv 2106.12575; Di Giovanni
    et al., arXiv 2302.02941).
    """
    source = int(random.integers(graph.size))
    label = int(random.integers(params.classes))
    distances = graph.distances([source])[0]
    target = int(random.choice(np.flatnonzero(distances == params.distance)))
    features = mark(graph.size, {source: 1 + label})
    return Answered(asked_at(graph.size, target, label), features, (1 + params.classes,), distances)


def tree_match(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Value of the leaf whose key the root holds, asked of the root (Alon and Yahav, arXiv 2006.05205).

    Columns of features: the key, of root and leaves, and the value, of leaves alone; 0 is none.
    """
    root = int(np.flatnonzero(graph.distances().max(axis=1) == params.distance)[0])  # the only node as far from all
    leaves = np.flatnonzero(graph.degrees == 1)
    keys, values = 1 + random.permutation(leaves.size), 1 + random.permutation(leaves.size)
    chosen = int(random.integers(leaves.size))
    features = np.zeros((graph.size, 2), dtype=np.int64)
    features[leaves] = np.stack([keys, values], axis=1)
    features[root, 0] = keys[chosen]
    return Answered(asked_at(graph.size, root, int(values[chosen]) - 1), features, (1 + leaves.size,) * 2)


def path_parity(random: np.random.Generator, graph: SyntheticGraph, params: SyntheticParams) -> Answered:
    """Parity of the ones that the nodes of a path of `distance` edges hold, asked of one of its ends."""
    bits = random.integers(2, size=graph.size)
    end = int(random.choice(np.flatnonzero(graph.degrees == 1)))
    return Answered(asked_at(graph.size, end, int(bits.sum()) % 2), bits[:, None], (2,))


def leaf_count(params: SyntheticParams) -> int:
    """Return the leaves of a full tree: branching ** depth."""
    return params.branching**params.distance


def tree_size(params: SyntheticParams) -> int:
    """Return the nodes of a full tree, (b^(d + 1) − 1) / (b − 1) of depth d and b children a node.

    Examples
    --------
    >>> tree_size(SyntheticParams(branching=2, distance=3))
    15
    """
    return (params.branching ** (params.distance + 1) - 1) // (params.branching - 1)


def _ring_size(size: int, params: SyntheticParams) -> str | None:
    least = 2 * params.distance
    return f"at least {least}, twice dataset.synthetic.distance" if size < least else None


def _tree_size(size: int, params: SyntheticParams) -> str | None:
    allowed = tree_size(params)
    return f"{allowed}, the full tree of depth {params.distance}; set null" if size != allowed else None


def _path_size(size: int, params: SyntheticParams) -> str | None:
    allowed = params.distance + 1
    return f"{allowed}, one more than dataset.synthetic.distance; set null" if size != allowed else None


QUESTIONS = (
    Question(
        "ring_transfer",
        "the class of a node {distance} hops away",
        "node",
        ring_transfer,
        classes=lambda params: tuple(f"class {number}" for number in range(params.classes)),
        features="asked",
        generators=("ring",),
        size=lambda params: max(3, 2 * params.distance),
        misfit=_ring_size,
    ),
    Question(
        "tree_match",
        "the value of the leaf with the root's key, at depth {distance}",
        "node",
        tree_match,
        classes=lambda params: tuple(f"value {number}" for number in range(1, 1 + leaf_count(params))),
        features="asked",
        generators=("balanced_tree",),
        size=tree_size,
        misfit=_tree_size,
    ),
    Question(
        "path_parity",
        "the parity of all bits on a path of length {distance}",
        "node",
        path_parity,
        classes=lambda params: ("even", "odd"),
        features="asked",
        generators=("path",),
        size=lambda params: params.distance + 1,
        misfit=_path_size,
    ),
)
