"""Distances, against NetworkX."""

from collections.abc import Callable

import networkx as nx
import pytest

from mspe.dataset.synthetic.drawing import Drawn
from mspe.dataset.synthetic.generators import GENERATORS
from tests.dataset.synthetic.fixtures import as_networkx, drawn_of, lengths, marked


def pair_distance(network: nx.Graph, drawn: Drawn) -> list[int]:
    first, second = marked(drawn)
    return [nx.shortest_path_length(network, first, second)]


def source_distance(network: nx.Graph, drawn: Drawn) -> list[int]:
    (source,) = marked(drawn)
    return lengths(network, source)


BY_NETWORKX: dict[str, Callable[[nx.Graph, Drawn], list[int]]] = {
    "pair_distance": pair_distance,
    "source_distance": source_distance,
    "eccentricity": lambda network, drawn: [nx.eccentricity(network)[node] for node in network.nodes],
    "diameter": lambda network, drawn: [nx.diameter(network)],
}


@pytest.mark.parametrize("name", BY_NETWORKX)
@pytest.mark.parametrize("generator", GENERATORS)
def test_answers_are_networkxs(name: str, generator: str) -> None:
    for drawn in drawn_of(2, task=name, generator=generator, size=[34, 40]):
        assert drawn.answers.tolist() == BY_NETWORKX[name](as_networkx(drawn.graph), drawn)
