"""Transfer: the node asked, its distance and its answer, read off the features by another way."""

import networkx as nx
import numpy as np
import pytest

from tests.dataset.synthetic.fixtures import as_networkx, drawn_of, lengths, marked


@pytest.mark.parametrize("distance", [1, 2, 4, 8])
def test_a_ring_asks_the_node_opposite_for_the_sources_class(distance: int) -> None:
    for drawn in drawn_of(task="ring_transfer", distance=distance):
        assert drawn.graph.size == max(3, 2 * distance) and set(drawn.graph.degrees) == {2}
        (source,), asked = marked(drawn), np.flatnonzero(~np.isnan(drawn.answers)).tolist()
        assert len(asked) == 1 and drawn.features is not None
        assert lengths(as_networkx(drawn.graph), source)[asked[0]] == distance
        assert drawn.features[source, 0] == drawn.answers[asked[0]] + 1


def test_a_longer_ring_asks_at_the_same_distance() -> None:
    for drawn in drawn_of(task="ring_transfer", distance=3, size=[10, 20]):
        (source,), (asked,) = marked(drawn), np.flatnonzero(~np.isnan(drawn.answers)).tolist()
        assert lengths(as_networkx(drawn.graph), source)[asked] == 3 and 10 <= drawn.graph.size <= 20


@pytest.mark.parametrize(("branching", "depth"), [(2, 1), (2, 3), (3, 2)])
def test_a_trees_root_asks_for_the_value_of_the_leaf_with_its_key(branching: int, depth: int) -> None:
    for drawn in drawn_of(task="tree_match", branching=branching, distance=depth):
        network, leaves = as_networkx(drawn.graph), branching**depth
        assert nx.is_isomorphic(network, nx.balanced_tree(branching, depth)) and drawn.features is not None
        (root,) = np.flatnonzero(~np.isnan(drawn.answers)).tolist()
        ends = [node for node, degree in network.degree if degree == 1 and node != root]
        assert {nx.shortest_path_length(network, root, leaf) for leaf in ends} == {depth} and len(ends) == leaves
        assert sorted(drawn.features[ends, 0]) == sorted(drawn.features[ends, 1]) == list(range(1, leaves + 1))
        (match,) = [leaf for leaf in ends if drawn.features[leaf, 0] == drawn.features[root, 0]]
        assert drawn.answers[root] == drawn.features[match, 1] - 1
        inner = sorted(set(network.nodes) - {*ends, root})
        assert drawn.features[root, 1] == 0 and not drawn.features[inner].any()


@pytest.mark.parametrize("length", [1, 4, 9])
def test_the_end_of_a_path_asks_for_the_parity_of_all_bits(length: int) -> None:
    answers = []
    for drawn in drawn_of(20, task="path_parity", distance=length):
        assert nx.is_isomorphic(as_networkx(drawn.graph), nx.path_graph(length + 1)) and drawn.features is not None
        (asked,) = np.flatnonzero(~np.isnan(drawn.answers)).tolist()
        assert drawn.graph.degrees[asked] == 1
        parity = bool(np.bitwise_xor.reduce(drawn.features[:, 0]))
        assert drawn.answers[asked] == parity
        answers.append(parity)
    assert set(answers) == {True, False}
