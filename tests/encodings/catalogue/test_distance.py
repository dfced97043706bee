"""Shortest paths, against networkx."""

import networkx
import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_networkx

from mspe.encodings.catalogue.distance import distance_channels
from tests.encodings.fixtures import adjacency


def test_distances_agree_with_networkx(awkward: Data) -> None:
    cap = 3
    channels = distance_channels(adjacency(awkward)[None], cap)[0]
    assert torch.equal(channels.sum(-1), torch.ones(awkward.num_nodes, awkward.num_nodes))
    expected = dict(networkx.all_pairs_shortest_path_length(to_networkx(awkward, to_undirected=True)))
    for i in range(awkward.num_nodes):
        for j in range(awkward.num_nodes):
            distance = expected[i].get(j)
            assert channels[i, j].argmax() == (cap + 1 if distance is None else min(distance, cap))
