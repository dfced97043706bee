"""Relevant cycles against their definition: those that are no sums of shorter cycles."""

from itertools import groupby

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx, to_networkx

from mspe.common.errors import MspeError
from mspe.encodings import relevant_cycles as module
from mspe.encodings.relevant_cycles import edges_by_ring_size
from mspe.encodings.structure import edges_of, simple_adjacency
from tests.conftest import complete
from tests.encodings.fixtures import random_graphs, view_of


def rank(rows: list[np.ndarray]) -> int:
    """Over the field of two elements."""
    left, found = [row.copy() for row in rows], 0
    while left:
        pivot = left.pop()
        if pivot.any():
            found += 1
            place = pivot.argmax()
            left = [row ^ pivot if row[place] else row for row in left]
    return found


def by_definition(network: networkx.Graph) -> dict[tuple[int, int], set[int]]:
    """The lengths of the relevant cycles on which each edge lies."""
    edges = [tuple(sorted(edge)) for edge in network.edges]
    number = {edge: index for index, edge in enumerate(edges)}
    shorter: list[np.ndarray] = []
    lengths: dict[tuple[int, int], set[int]] = {edge: set() for edge in edges}
    for length, cycles in groupby(sorted(networkx.simple_cycles(network), key=len), key=len):
        rows = []
        for cycle in cycles:
            row = np.zeros(len(edges), dtype=bool)
            row[[number[min(p), max(p)] for p in zip(cycle, cycle[1:] + cycle[:1], strict=True)]] = True
            rows.append(row)
            if rank([*shorter, row]) > rank(shorter):
                for index in np.flatnonzero(row):
                    lengths[edges[index]].add(length)
        shorter += rows
    return lengths


def found_in(network: networkx.Graph) -> dict[tuple[int, int], set[int]]:
    adjacency = simple_adjacency(view_of(from_networkx(network)))
    sizes = edges_by_ring_size(adjacency, 20, "here")
    members = zip(*(ends.tolist() for ends in edges_of(adjacency)), sizes, strict=True)
    return {(i, j): set((np.flatnonzero(row) + 3).tolist()) for i, j, row in members if i < j}


@settings(deadline=None, max_examples=60)
@given(random_graphs())
def test_they_are_no_sums_of_shorter_cycles(data: Data) -> None:
    network = to_networkx(data, to_undirected=True, remove_self_loops=True)
    if network.number_of_edges() <= 14:  # the definition takes all cycles
        assert found_in(network) == by_definition(network)


@pytest.mark.parametrize(
    ("network", "sizes"),
    [
        (networkx.hypercube_graph(3), {4}),
        (networkx.petersen_graph(), {5}),
        (networkx.grid_2d_graph(3, 4), {4}),
        (networkx.complete_bipartite_graph(2, 3), {4}),
        (networkx.circular_ladder_graph(7), {4, 7}),  # the prism's two heptagons count, though each is the other's sum
        (networkx.cycle_graph(12), {12}),
        (networkx.dodecahedral_graph(), {5}),
    ],
    ids=["cube", "Petersen", "grid", "K₂₃", "prism", "ring", "dodecahedron"],
)
def test_named_graphs(network: networkx.Graph, sizes: set[int]) -> None:
    found = found_in(networkx.convert_node_labels_to_integers(network))
    assert set().union(*found.values()) == sizes
    assert all(found.values())


@pytest.mark.parametrize("limit", ["_MOST_WORK", "_MOST_SUMS"])
def test_a_block_that_would_take_minutes_is_refused(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, limit, 50)
    with pytest.raises(MspeError, match=r"^here: a graph has a block of 6 nodes and 15 edges .* encodings.filters"):
        edges_by_ring_size(simple_adjacency(view_of(complete(6))), 8, "here")
