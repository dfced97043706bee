"""CSL: regular graphs that only the length of their skips tells apart."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest
import torch

from mspe.dataset import DatasetParams, get_dataset
from mspe.dataset.sources.csl import NODES, SKIPS, circular_skip_links, read
from mspe.encodings import EncodingSet, compute_spectrum
from mspe.graphs import PackedGraphs


def test_csl_has_ten_regular_classes_that_only_the_skip_tells_apart() -> None:
    dataset = get_dataset("csl")
    graphs = PackedGraphs.concatenate(list(dataset.get_splits()))
    assert len(graphs) == 150 and [len(part) for part in dataset.get_splits()] == [90, 30, 30]
    assert Counter(graphs.fields["y"].flatten().tolist()) == dict.fromkeys(range(10), 15)
    for graph in graphs[[0, 40, 149]]:
        network = nx.Graph(graph.edge_index.T.tolist())
        assert {degree for _, degree in network.degree} == {4} and network.number_of_nodes() == 41
        skip = SKIPS[int(graph.y)]
        assert nx.is_isomorphic(network, nx.circulant_graph(41, [1, skip]))


def test_every_draw_of_a_class_is_the_same_graph_numbered_anew() -> None:
    graphs, again = read(DatasetParams()).items, read(DatasetParams()).items
    assert all(torch.equal(one.edge_index, two.edge_index) for one, two in zip(graphs, again, strict=True))
    assert len({tuple(map(tuple, graph.edge_index.tolist())) for graph in graphs}) == 150


@pytest.mark.parametrize("skip", SKIPS)
def test_a_node_reaches_its_skip_in_one_step(skip: int) -> None:
    order = np.random.default_rng(1).permutation(NODES)
    edges = set(map(tuple, circular_skip_links(skip, order).edge_index.T.tolist()))
    for position in range(NODES):
        for step in (1, -1, skip, -skip):
            assert (order[position], order[(position + step) % NODES]) in edges


def test_the_encodings_tell_the_ten_classes_apart_and_nothing_within_a_class() -> None:
    graphs = [circular_skip_links(skip, np.random.default_rng(draw).permutation(NODES)) for skip in SKIPS
              for draw in (0, 1)]  # fmt: skip
    spectrum = compute_spectrum(PackedGraphs.from_list(graphs, {}))
    encoded = EncodingSet.from_config("default").encode_nodes(spectrum)
    codes = encoded.fields["node_encoding"].view(len(SKIPS), 2 * NODES, -1)
    assert (codes - codes[:, :1]).abs().max() < 1e-4  # every node of a class is like every other
    distance = torch.cdist(codes[:, 0], codes[:, 0]) + torch.eye(len(SKIPS))
    assert distance.min() > 1e-3


def test_folds_are_balanced_and_each_graph_is_tested_once() -> None:
    tested = []
    for fold in range(5):
        dataset = get_dataset("csl", fold=fold)
        for part, each in zip(dataset.get_splits(), (9, 3, 3), strict=True):
            assert Counter(part.fields["y"].flatten().tolist()) == dict.fromkeys(range(10), each)
        tested += [tuple(map(tuple, graph.edge_index.tolist())) for graph in dataset.test]
    assert len(set(tested)) == 150
