"""Simple paths and cycles: formulas and enumeration against networkx, each path once, whatever the blocks."""

import networkx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from scipy.sparse import csr_array
from torch_geometric.data import Data
from torch_geometric.utils import to_networkx

from mspe.common.errors import MspeError
from mspe.encodings import paths
from mspe.encodings.paths import enumerate_cycles, enumerate_paths, path_counts
from mspe.encodings.structure import simple_adjacency
from tests.conftest import complete
from tests.encodings.fixtures import random_graphs, view_of


def network_of(data: Data) -> networkx.Graph:
    return to_networkx(data, to_undirected=True, remove_self_loops=True)


def paths_of(adjacency: csr_array, longest: int) -> list[list[int]]:
    return sorted(path for block in enumerate_paths(adjacency, longest, "here") for path in block.T.tolist())


@settings(deadline=None)
@given(random_graphs())
def test_paths_are_those_of_networkx_by_formula_and_by_enumeration(data: Data) -> None:
    network, adjacency = network_of(data), simple_adjacency(view_of(data))
    expected = [
        path
        for start in network
        for end in network
        if start != end
        for path in networkx.all_simple_paths(network, start, end, cutoff=4)
    ]
    assert paths_of(adjacency, 4) == sorted(expected)
    counts = np.zeros((data.num_nodes, data.num_nodes, 4))
    for path in expected:
        counts[path[0], path[-1], len(path) - 2] += 1
    np.testing.assert_allclose(path_counts(torch.from_numpy(adjacency.toarray())[None], 4)[0], counts, atol=1e-9)


@settings(deadline=None)
@given(random_graphs())
def test_each_cycle_is_found_once(data: Data) -> None:
    blocks = enumerate_cycles(simple_adjacency(view_of(data)), 8, "here")
    found = [frozenset(zip(c, c[1:] + c[:1], strict=True)) for block in blocks for c in block.T.tolist()]
    undirected = {frozenset(map(frozenset, edges)) for edges in found}
    assert len(undirected) == len(found) == len(list(networkx.simple_cycles(network_of(data), length_bound=8)))


def test_blocks_of_paths_do_not_change_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    adjacency = simple_adjacency(view_of(complete(6)))
    whole = paths_of(adjacency, 5)
    monkeypatch.setattr(paths, "_BLOCK", 10)
    assert paths_of(adjacency, 5) == whole
    assert sum(block.shape[1] for block in enumerate_cycles(adjacency, 6, "here")) == 20 + 45 + 72 + 60


def test_too_many_paths_are_refused_by_their_number() -> None:
    with pytest.raises(MspeError, match=r"^here: a graph of 40 connected nodes has up to 1.4e\+11 paths of 6 .*walk"):
        list(enumerate_paths(simple_adjacency(view_of(complete(40))), 6, "here"))
