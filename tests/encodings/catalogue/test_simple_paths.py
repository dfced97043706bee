"""Numbers of simple paths: networkx, closed forms, formulas beside enumeration."""

from math import perm

import networkx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx, to_networkx

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, SimplePaths
from tests.conftest import complete, cycle
from tests.encodings.fixtures import view_of


def counts(data: Data, longest: int) -> np.ndarray:
    return SimplePaths(longest).pair(view_of(data))[0].double().expm1().numpy()


def test_they_are_those_of_networkx(awkward: Data) -> None:
    network = to_networkx(awkward, to_undirected=True, remove_self_loops=True)
    expected = np.zeros((awkward.num_nodes, awkward.num_nodes, 6))
    for start in network:
        for end in set(network) - {start}:
            for path in networkx.all_simple_paths(network, start, end, cutoff=6):
                expected[start, end, len(path) - 2] += 1
    for longest in (1, 2, 3, 4, 6):
        np.testing.assert_allclose(counts(awkward, longest), expected[..., :longest], atol=1e-4)


def test_closed_forms() -> None:
    ring = counts(cycle(7), 6)  # one path either way round
    for step in range(1, 7):
        assert ring[0, step].round().tolist() == [float(length in (step, 7 - step)) for length in range(1, 7)]
    for longest in (4, 5):  # of K₇, the nodes in between are drawn from five
        np.testing.assert_allclose(counts(complete(7), longest)[0, 1], [perm(5, k) for k in range(longest)], rtol=1e-5)
    assert not counts(complete(7), 5).diagonal().any()


def test_formulas_and_enumeration_agree() -> None:
    data = from_networkx(networkx.gnp_random_graph(14, 0.5, seed=0))
    np.testing.assert_allclose(counts(data, 5)[..., :4], counts(data, 4), rtol=1e-5, atol=1e-5)


def test_they_have_pair_channels_alone_and_a_bound_on_work() -> None:
    bank = EncodingSet.from_config({"simple_paths": 3})
    assert bank.pair_channels == ["simple_paths(1)", "simple_paths(2)", "simple_paths(3)"]
    assert bank.node_channels == [] and torch.equal(bank.pair(view_of(cycle(3)))[0, 0, 0], torch.zeros(3))
    with pytest.raises(MspeError, match=r"encodings.simple_paths: a graph of 50 connected nodes has up to"):
        counts(complete(50), 7)
