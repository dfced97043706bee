"""Edge prediction without leakage: supervision edges are in no graph that is encoded."""

import networkx as nx
import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.dataset.edge_prediction import VIEWS, split_edges
from mspe.encodings import EncodingSet, compute_spectrum
from mspe.graphs import PackedGraphs
from mspe.models import get_model
from tests.conftest import BANK, complete, graph


def random_graph(seed: int = 0, nodes: int = 60, edges: int = 150) -> Data:
    network = nx.gnm_random_graph(nodes, edges, seed=seed)
    return graph(nodes, list(network.edges), both_directions=False)


def pairs(index: torch.Tensor) -> set[tuple[int, int]]:
    return {(min(a, b), max(a, b)) for a, b in index.T.tolist()}


def supervision_edges(data: Data) -> set[tuple[int, int]]:
    return pairs(data.edge_label_index[:, data.edge_label == 1])


def negative_edges(data: Data) -> set[tuple[int, int]]:
    return pairs(data.edge_label_index[:, data.edge_label == 0])


@pytest.mark.parametrize("seed", range(5))
def test_no_held_out_or_supervision_edge_is_in_a_graph_that_is_encoded(seed: int) -> None:
    whole = random_graph(seed)
    edges = pairs(whole.edge_index)
    *views, val, test = split_edges(whole, seed)
    held_out = supervision_edges(val) | supervision_edges(test)
    for data in (*views, val, test):
        visible = pairs(data.edge_index)
        assert visible.isdisjoint(held_out) and visible.isdisjoint(supervision_edges(data))
        assert visible <= edges and supervision_edges(data) <= edges
    train = edges - held_out
    assert pairs(val.edge_index) == pairs(test.edge_index) == train
    assert supervision_edges(val).isdisjoint(supervision_edges(test))
    parts = [supervision_edges(view) for view in views]
    assert set().union(*parts) == train and sum(map(len, parts)) == len(train)  # each supervises once per epoch
    assert all(pairs(view.edge_index) == train - part for view, part in zip(views, parts, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_negative_edges_are_distinct_and_no_edges(seed: int) -> None:
    whole = random_graph(seed)
    graphs = split_edges(whole, seed)
    negatives = [negative_edges(data) for data in graphs]
    assert set().union(*negatives).isdisjoint(pairs(whole.edge_index))
    assert sum(map(len, negatives)) == len(set().union(*negatives)) == whole.num_edges
    assert all(a != b for part in negatives for a, b in part)
    assert all(len(negative_edges(data)) == len(supervision_edges(data)) for data in graphs)


def test_the_score_of_an_edge_cannot_change_the_graph_that_is_encoded() -> None:
    """Turning every answer round, or leaving scored pairs out, changes neither encodings nor the other scores."""
    dataset = get_dataset("lesmiserables")
    model = get_model(
        "graph_transformer", 0, 1, hidden_dim=16, node_dim=6, num_layers=1, bank=BANK, target_level="edge"
    )
    model.eval()
    packed = dataset.val
    other = packed.with_fields({"edge_label": 1 - packed.fields["edge_label"]}, {})
    bank = EncodingSet.from_config(BANK)
    encoded = [bank.encode_nodes(compute_spectrum(graphs)).fields["node_encoding"] for graphs in (packed, other)]
    assert torch.equal(*encoded)
    scores = [model(graphs.collate([0])) for graphs in (packed, other)]
    assert torch.equal(*scores)
    fewer = packed[0]
    fewer.edge_label_index, fewer.edge_label = fewer.edge_label_index[:, :3], fewer.edge_label[:3]
    torch.testing.assert_close(model(PackedGraphs.from_list([fewer]).collate([0])), scores[0][:3])


def test_both_directions_are_kept_or_gone_together() -> None:
    directed = Data(edge_index=torch.tensor([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 3]]))
    directed.num_nodes = 10
    for data in split_edges(directed, seed=0):
        assert data.is_undirected() and not data.has_self_loops()


def test_features_and_weights_stay_with_their_nodes_and_edges() -> None:
    whole = random_graph(edges=120)
    whole.x = torch.arange(60.0)[:, None]
    whole.edge_weight = (whole.edge_index[0] * 100 + whole.edge_index[1]).float()
    for data in split_edges(whole, seed=0):
        assert torch.equal(data.x, whole.x)
        low, high = data.edge_index.min(dim=0).values, data.edge_index.max(dim=0).values
        assert torch.equal(data.edge_weight, (low * 100 + high).float())


def test_the_seed_decides_and_changes_everything() -> None:
    first, again, other = (split_edges(random_graph(), seed) for seed in (0, 0, 1))
    for a, b in zip(first, again, strict=True):
        assert torch.equal(a.edge_index, b.edge_index) and torch.equal(a.edge_label_index, b.edge_label_index)
    assert supervision_edges(first[-1]) != supervision_edges(other[-1])
    assert negative_edges(first[-1]) != negative_edges(other[-1])


def test_too_few_edges_and_too_dense_a_graph_are_named() -> None:
    with pytest.raises(MspeError, match=rf"the graph has 3 edges, too few to hide some; at least {2 + VIEWS} are"):
        split_edges(graph(4, [(0, 1), (1, 2), (2, 3)]), seed=0)
    with pytest.raises(MspeError, match=r"9 nodes and 36 edges: more than half of all pairs are edges, .* negative"):
        split_edges(complete(9), seed=0)
