"""Counts, against NetworkX and cycles found one by one."""

from itertools import combinations, permutations

import networkx as nx
import numpy as np
import pytest

from mspe.dataset.synthetic.counts import count_cycles
from mspe.dataset.synthetic.generators import GENERATORS
from mspe.dataset.synthetic.graph import SyntheticGraph
from tests.dataset.synthetic.fixtures import as_networkx, drawn_of


@pytest.mark.parametrize("generator", GENERATORS)
def test_counts_are_networkxs(generator: str) -> None:
    for drawn in drawn_of(2, task="within_hops", generator=generator, size=[34, 40], distance=2):
        network = as_networkx(drawn.graph)
        near = [len(nx.single_source_shortest_path_length(network, node, cutoff=2)) - 1 for node in network.nodes]
        assert drawn.answers.tolist() == near
    for drawn in drawn_of(2, task="cycles", generator=generator, size=[34, 40]):
        assert drawn.answers.tolist() == [sum(nx.triangles(as_networkx(drawn.graph)).values()) // 3]


@pytest.mark.parametrize("length", [3, 4, 5])
def test_cycles_are_those_found_one_by_one(length: int) -> None:
    """Each cycle of k nodes is seen from k nodes in 2 directions."""
    for seed in range(8):
        network = nx.gnp_random_graph(8, 0.5, seed=seed)
        edges = np.array(list(network.edges)).T
        closed = sum(
            all(network.has_edge(u, v) for u, v in zip(walk, (*walk[1:], walk[0]), strict=True))
            for nodes in combinations(range(8), length)
            for walk in permutations(nodes)
        )
        assert count_cycles(SyntheticGraph(8, edges), length) == closed // (2 * length)


def test_a_clique_of_666_nodes_has_all_its_cycles() -> None:
    """A number beyond what doubles hold exactly."""
    edges = np.stack(np.triu_indices(666, 1))
    expected = 666 * 665 * 664 * 663 * 662 // 10
    assert count_cycles(SyntheticGraph(666, edges), 5) == expected > 2**43
