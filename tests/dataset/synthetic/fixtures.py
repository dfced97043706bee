"""Drawn graphs, and NetworkX's view of them."""

from typing import Any

import networkx as nx
import numpy as np

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.drawing import Drawn, draw
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.dataset.synthetic.plan import make_plan


def as_networkx(graph: SyntheticGraph) -> nx.Graph:
    network = nx.Graph()
    network.add_nodes_from(range(graph.size))
    network.add_edges_from(graph.edges.T.tolist())
    return network


def drawn_of(count: int = 6, **values: Any) -> list[Drawn]:
    plan = make_plan(SyntheticParams.model_validate(values))
    return [draw(plan, np.random.default_rng([3, number])) for number in range(count)]


def lengths(network: nx.Graph, node: int) -> list[int]:
    found = nx.single_source_shortest_path_length(network, node)
    return [found[other] for other in network.nodes]


def marked(drawn: Drawn) -> list[int]:
    assert drawn.features is not None
    return np.flatnonzero(drawn.features[:, 0]).tolist()
