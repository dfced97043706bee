"""Les Misérables: one graph, whose edges are predicted."""

import networkx as nx
import torch

from mspe.dataset import DatasetParams, get_dataset
from mspe.dataset.sources.lesmiserables import read
from mspe.graphs import SPLITS


def pairs(index: torch.Tensor) -> set[tuple[int, int]]:
    """Edges, whatever their direction."""
    return {(min(edge), max(edge)) for edge in index.T.tolist()}


def test_lesmiserables_has_knuths_edges() -> None:
    dataset = get_dataset("lesmiserables")
    assert dataset.schema.class_counts == {"train": (178, 178), "val": (25, 25), "test": (51, 51)}
    assert dataset.node_features == "none" and dataset.schema.max_nodes == 77


def test_every_edge_of_the_novel_is_scored_once_and_no_other_is_an_edge() -> None:
    network = nx.convert_node_labels_to_integers(nx.les_miserables_graph())
    edges = {(min(edge), max(edge)) for edge in network.edges}
    assert (network.number_of_nodes(), len(edges)) == (77, 254)
    positive, negative = [], []
    for graph in read(DatasetParams()).items:
        truth = graph.edge_label.bool()
        positive += pairs(graph.edge_label_index[:, truth])
        negative += pairs(graph.edge_label_index[:, ~truth])
    assert len(positive) == len(negative) == 254
    assert set(positive) == edges and not set(negative) & edges


def test_the_parts_are_five_views_one_validation_and_one_test_graph() -> None:
    dataset = get_dataset("lesmiserables")
    assert [len(getattr(dataset, split)) for split in SPLITS] == [5, 1, 1]
    assert torch.equal(dataset.val[0].edge_index, dataset.test[0].edge_index)  # both see all training edges
    other = get_dataset("lesmiserables", split_seed=1)
    assert not torch.equal(dataset.test[0].edge_label_index, other.test[0].edge_label_index)
