"""Hops against NetworkX, and closed forms."""

import networkx
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_networkx

from mspe.graphs import GraphSchema, PackedGraphs, hops
from mspe.graphs.hops import UNREACHED, diameters, eccentricities, link_distances
from tests.conftest import AWKWARD, complete, cycle, graph


def reached(data: Data) -> dict[int, dict[int, int]]:
    return dict(networkx.all_pairs_shortest_path_length(to_networkx(data, to_undirected=True)))


def with_links(data: Data) -> Data:
    """All pairs of nodes, to be scored."""
    pairs = torch.cartesian_prod(torch.arange(data.num_nodes), torch.arange(data.num_nodes)).T
    return Data(
        edge_index=data.edge_index,
        num_nodes=data.num_nodes,
        edge_label_index=pairs,
        edge_label=torch.zeros(pairs.size(1)),
    )


@pytest.mark.parametrize("entries", [1, 2**22])
def test_awkward_graphs_agree_with_networkx(monkeypatch: pytest.MonkeyPatch, entries: int) -> None:
    """Also where distances are found a few rows at a time."""
    monkeypatch.setattr(hops, "_ENTRIES", entries)
    every = [with_links(data) for data in AWKWARD.values()]
    packed, lengths = PackedGraphs.from_list(every), [reached(data) for data in every]
    farthest = [[max(own[node].values()) for node in sorted(own)] for own in lengths]
    assert eccentricities(packed).tolist() == [value for own in farthest for value in own]
    assert diameters(packed).tolist() == [max(own) for own in farthest]
    pairs = [
        lengths[place][first].get(second, UNREACHED)
        for place, data in enumerate(every)
        for first, second in data.edge_label_index.T.tolist()
    ]
    assert link_distances(packed).tolist() == pairs and UNREACHED in pairs


def test_diameters_of_molecules_agree_with_networkx(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    _, graphs = molecules
    longest = [max(length for own in reached(data).values() for length in own.values()) for data in graphs]
    assert diameters(graphs).tolist() == longest


def test_closed_forms_and_edges_that_lead_one_way() -> None:
    one_way = graph(5, [(0, 1), (2, 1), (2, 3), (3, 4)], both_directions=False)
    packed = PackedGraphs.from_list([cycle(7), complete(4), one_way, graph(1, [])])
    assert diameters(packed).tolist() == [3, 1, 4, 0]
    assert eccentricities(packed).tolist() == [3] * 7 + [1] * 4 + [4, 3, 2, 3, 4] + [0]
