"""Splits that a source prescribes."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.dataset.sources.published import read_published, say_other_sizes
from mspe.graphs import SPLITS

SIZES = {"train": 4, "val": 1, "test": 2}


def load(split: str) -> list[Data]:
    """Graphs of as many nodes as their part has graphs."""
    return [Data(num_nodes=SIZES[split], y=torch.tensor([number])) for number in range(SIZES[split])]


def test_the_parts_keep_their_graphs_in_their_order() -> None:
    samples = read_published(load)
    assert samples.predefined_split is not None and not samples.drawn
    for split, part in zip(SPLITS, samples.predefined_split, strict=True):
        graphs = [samples.items[position] for position in part]
        assert [graph.num_nodes for graph in graphs] == [SIZES[split]] * SIZES[split]
        assert [int(graph.y) for graph in graphs] == list(range(SIZES[split]))


def test_every_sample_is_in_one_part() -> None:
    samples = read_published(load)
    assert samples.predefined_split is not None
    positions = [position for part in samples.predefined_split for position in part]
    assert positions == list(range(len(samples.items))) == list(range(7))


def test_every_graph_is_converted_and_the_categories_are_passed_on() -> None:
    samples = read_published(load, lambda graph: Data(num_nodes=graph.num_nodes + 10), num_categories=(28, 4))
    assert [graph.num_nodes for graph in samples.items] == [14] * 4 + [11] + [12] * 2
    assert samples.num_categories == (28, 4)


def test_parts_of_other_sizes_than_published_are_said(caplog: pytest.LogCaptureFixture) -> None:
    say_other_sizes("ZINC", read_published(load), (4, 1, 2))
    assert not caplog.messages
    say_other_sizes("ZINC", read_published(load), (4, 1, 3))
    assert caplog.messages == ["ZINC: got (4, 1, 2) graphs of train, val, test, published: (4, 1, 3)"]
