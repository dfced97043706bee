"""Cycle counts: closed forms, networkx, formulas against enumeration, and graphs with too many."""

from math import comb, factorial

import networkx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx, to_networkx

from mspe.common.errors import MspeError
from mspe.encodings import Cycles, EncodingParams, EncodingSet, GraphStatistics
from mspe.encodings import paths as paths_module
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import random_graphs, view_of

LENGTHS = [3, 4, 5, 6, 7]


def counts(data: Data, lengths: list[int] = LENGTHS) -> tuple[np.ndarray, np.ndarray]:
    """Through each node [nodes, lengths] and each pair [nodes, nodes, lengths]."""
    encoding, view = Cycles(lengths), view_of(data)
    return np.expm1(encoding.node(view).numpy()), np.expm1(encoding.pair(view)[0].double().numpy())


def by_networkx(data: Data) -> tuple[np.ndarray, np.ndarray]:
    node, pair = np.zeros((data.num_nodes, 5)), np.zeros((data.num_nodes, data.num_nodes, 5))
    network = to_networkx(data, to_undirected=True, remove_self_loops=True)
    for found in networkx.simple_cycles(network, length_bound=7):
        ends, channel = found[1:] + found[:1], len(found) - 3
        node[found, channel] += 1
        pair[found, ends, channel] += 1
        pair[ends, found, channel] += 1
    return node, pair


@settings(deadline=None)
@given(random_graphs())
def test_they_are_those_of_networkx(data: Data) -> None:
    for found, expected in zip(counts(data), by_networkx(data), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)  # pairs are in single precision


def test_formulas_and_enumeration_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = from_networkx(networkx.gnp_random_graph(14, 0.6, seed=0))
    by_formula = counts(dense, [5, 3, 4])
    monkeypatch.setattr(paths_module, "_DENSE_NODES", 1)
    for found, expected in zip(counts(dense, [5, 3, 4]), by_formula, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_closed_forms() -> None:
    for size in (3, 4, 5, 6, 7):
        assert counts(cycle(size))[0].round().tolist() == [[float(length == size) for length in LENGTHS]] * size
    each = [comb(5, length - 1) * factorial(length - 1) / 2 for length in (3, 4, 5, 6)]  # of K₆, at a node
    np.testing.assert_allclose(counts(complete(6), [3, 4, 5, 6])[0], [each] * 6)
    petersen = from_networkx(networkx.petersen_graph())  # 12 cycles of 5 nodes, 10 of 6, none of 7; vertex-transitive
    np.testing.assert_allclose(counts(petersen)[0], [[0, 0, 6, 6, 0]] * 10, atol=1e-9)
    assert not counts(graph(5, [(0, i) for i in range(1, 5)]))[0].any()


def test_a_dense_graph_is_refused_with_the_number_of_its_paths_but_for_short_cycles() -> None:
    with pytest.raises(MspeError, match=r"encodings.cycles.lengths: a graph of 60 connected nodes has up to .*e\+\d+"):
        counts(complete(60), [8])
    assert counts(complete(60), [5])[0][0, 0] == pytest.approx(comb(59, 4) * 12)


def test_parameters() -> None:
    bank = EncodingSet.from_config({"cycles": True})
    assert bank.node_channels == bank.pair_channels == ["cycles(3)", "cycles(4)", "cycles(5)", "cycles(6)"]
    assert EncodingSet.from_config({"cycles": {"pair": False}}).pair_channels == []
    with pytest.raises(MspeError, match=r"lengths.0: got 2, input should be greater than or equal to 3"):
        Cycles([2])
    with pytest.raises(MspeError, match=r"lengths: got \[3, 3\], duplicate entries; list each once"):
        Cycles([3, 3])
    resolved = EncodingParams.model_validate({"cycles": {"lengths": [4]}}).resolve(GraphStatistics(max_nodes=9))
    assert resolved.others["cycles"] == {"lengths": [4], "pair": True}
    assert torch.equal(Cycles([4]).pair(view_of(graph(1, []))), torch.zeros(1, 1, 1, 1))
