"""The families of confused pairs are what they are called, by properties that need no isomorphism test."""

import os
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from benchmarks.expressivity import basic, cai_furer_immerman, read_brec, regular, strongly_regular, told_apart


def test_basic_pairs_are_alike_in_degrees_and_not_isomorphic() -> None:
    pairs = basic()
    assert len(pairs) == 26
    for one, other in pairs:
        assert sorted(dict(one.degree).values()) == sorted(dict(other.degree).values())
        assert not nx.is_isomorphic(one, other)


def test_regular_pairs_are_cubic_connected_and_not_isomorphic() -> None:
    pairs = regular()
    assert len(pairs) == 45
    for one, other in pairs:
        assert {*dict(one.degree).values(), *dict(other.degree).values()} == {3}
        assert nx.is_connected(one) and not nx.is_isomorphic(one, other)


def test_strongly_regular_pairs_have_equal_parameters_and_other_neighbourhoods() -> None:
    """Which graphs the neighbours of a node induce, by their spectra, is what colours do not see."""
    pairs = strongly_regular()
    assert Counter(len(one) for one, _ in pairs) == {16: 1, 28: 6, 36: 1}
    for one, other in pairs:
        assert nx.is_strongly_regular(one) and nx.is_strongly_regular(other)
        assert nx.intersection_array(one) == nx.intersection_array(other)
        assert around(one) != around(other)


def around(graph: nx.Graph) -> Counter[tuple[float, ...]]:
    """How often each spectrum occurs among the graphs that the neighbours of a node induce."""
    near = [nx.to_numpy_array(graph.subgraph(graph[node])) for node in graph]
    return Counter(tuple(np.linalg.eigvalsh(matrix).round(6) + 0.0) for matrix in near)


def test_gadgets_are_alike_in_degrees_and_colours() -> None:
    for one, other in cai_furer_immerman():
        assert nx.faster_could_be_isomorphic(one, other)
        assert len(one) == len(other) and nx.is_connected(one) and nx.is_connected(other)


def test_the_twisted_gadgets_over_the_smallest_base_are_not_isomorphic() -> None:
    one, other = cai_furer_immerman()[0]
    assert not nx.is_isomorphic(one, other)


def test_brecs_own_pairs_are_read_and_walks_tell_the_basic_ones_apart() -> None:
    """Its first 60 pairs are the basic ones."""
    path = Path(os.environ.get("MSPE_DATA", "data/raw")) / "BREC" / "brec_v3.npy"
    if not path.is_file():
        pytest.skip(f"no {path}: BREC's file of pairs, which is not part of the shared data")
    pairs = read_brec(path)
    assert len(pairs) == 400 and sum(told_apart("rwse", pairs[:60])) > 0
