"""The road-like graph, against NetworkX."""

import networkx as nx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_networkx

from mspe.common.errors import MspeError
from mspe.dataset import unsplit_graphs
from mspe.dataset.synthetic.roads import local_eccentricity, road_network


def network_of(data: Data) -> nx.Graph:
    return to_networkx(data, to_undirected=True)


@pytest.mark.parametrize("seed", [0, 1])
def test_it_is_connected_planar_and_of_large_diameter(seed: int) -> None:
    data = road_network(20, seed)
    network = network_of(data)
    assert nx.is_connected(network) and nx.check_planarity(network)[0]
    assert network.number_of_edges() == data.edge_index.size(1) / 2  # none twice
    assert max(degree for _, degree in network.degree) <= 4 and nx.number_of_selfloops(network) == 0
    assert 400 < data.num_nodes < 1200 and nx.diameter(network) > 38  # that of the whole grid


def test_bends_divide_a_street_evenly() -> None:
    data = road_network(20)
    source, target = data.edge_index
    length = (data.pos[source] - data.pos[target]).norm(dim=1)
    degree = torch.bincount(source)
    assert length.max() <= 1.6 * 2**0.5 and degree.min() >= 1
    bends = (data.pos - data.pos.round()).abs().max(dim=1).values > 0.31  # farther off the grid than junctions are
    around = {node: length[source == node] for node in torch.nonzero(bends).flatten().tolist()}
    assert len(around) > 20
    for lengths in around.values():
        assert len(lengths) <= 2 and lengths.max() - lengths.min() < 1e-5


@pytest.mark.parametrize("hops", [0, 1, 5, 16])
def test_local_eccentricity_is_that_of_networkxs_neighbourhoods_to_two_per_cent(hops: int) -> None:
    data = road_network(14)
    network, positions = network_of(data), data.pos.double().numpy()
    found = local_eccentricity(data.edge_index[:, : data.edge_index.size(1) // 2].numpy(), positions, hops)
    for node in range(0, data.num_nodes, 7):
        within = list(nx.single_source_shortest_path_length(network, node, hops))
        exact = np.linalg.norm(positions[within] - positions[node], axis=1).max()
        assert 0.98 * exact - 1e-9 <= found[node] <= exact + 1e-9


def test_classes_are_tenths_of_it_and_masks_divide_the_nodes() -> None:
    data = road_network(20)
    reach = torch.from_numpy(
        local_eccentricity(data.edge_index[:, : data.edge_index.size(1) // 2].numpy(), data.pos.double().numpy())
    )
    counts = torch.bincount(data.y, minlength=10)
    assert counts.max() - counts.min() <= 2
    highest, lowest = (torch.stack([f(reach[data.y == label]) for label in range(10)]) for f in (torch.max, torch.min))
    assert bool((highest[:-1] <= lowest[1:] + 1e-6).all())
    masks = torch.stack([data.train_mask, data.val_mask, data.test_mask])
    assert bool((masks.sum(dim=0) == 1).all())
    assert (masks.double().mean(dim=1) - torch.tensor([0.1, 0.1, 0.8])).abs().max() < 2e-3


def test_a_seed_draws_the_same_and_another_another() -> None:
    first, same, other = road_network(8, 3), road_network(8, 3), road_network(8, 4)
    assert torch.equal(first.edge_index, same.edge_index) and torch.equal(first.train_mask, same.train_mask)
    assert first.edge_index.shape != other.edge_index.shape
    with pytest.raises(MspeError, match="junctions: got 1, allowed: a whole number of at least 2"):
        road_network(1)


def test_its_masks_are_the_split_of_the_nodes_and_positions_are_no_features() -> None:
    data = road_network(8)
    dataset = unsplit_graphs([data])
    parts = [len(part) for part in dataset.divide(seed=0).positions.values()]
    assert parts == [int(mask.sum()) for mask in (data.train_mask, data.val_mask, data.test_mask)]
    assert "x" not in dataset.graphs.fields and dataset.graphs.num_nodes.tolist() == [data.num_nodes]
