"""Batches cut from packed graphs."""

import copy
from itertools import chain

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.graphs import GraphLoader, PackedGraphs
from tests.conftest import cycle
from tests.graphs.fixtures import GRAPHS, with_fields


def test_an_epoch_holds_every_graph_once_and_follows_the_seed() -> None:
    packed = PackedGraphs.from_list([with_fields(cycle(3 + i % 7), i) for i in range(53)])

    def epoch(seed: int, number: int) -> list[list[int]]:
        loader = GraphLoader(packed, batch_size=8, shuffle=True, seed=seed)
        loader.set_epoch(number)
        assert len(list(loader)) == len(loader) == 7
        return [batch.y.flatten().int().tolist() for batch in loader]

    assert sorted(chain.from_iterable(epoch(0, 0))) == list(range(53))
    assert epoch(0, 3) == epoch(0, 3)
    assert epoch(0, 0) != epoch(0, 1)
    assert epoch(0, 0) != epoch(1, 0)


def test_batches_share_one_gather_and_are_those_of_collate() -> None:
    packed = PackedGraphs.from_list(GRAPHS)
    for mine, graphs in zip(packed.batches([1, 3]), ([0], [1, 2, 3]), strict=True):
        expected = packed.collate(graphs)
        assert mine.keys() == expected.keys() and mine.num_graphs == expected.num_graphs == len(graphs)
        assert all(torch.equal(mine[name], expected[name]) for name in ("x", "edge_index", "edge_attr", "batch", "ptr"))
        changed = copy.copy(mine).to("cpu")
        changed.x = None
        assert "x" not in changed and "x" in mine  # an ordinary PyG batch, whose copies are their own


def test_a_thread_that_reads_ahead_changes_nothing() -> None:
    packed = PackedGraphs.from_list([with_fields(cycle(3 + i % 7), i) for i in range(53)])
    plain, ahead = (GraphLoader(packed, 4, shuffle=True, prefetch=count) for count in (0, 3))
    for mine, other in zip(plain, ahead, strict=True):
        assert torch.equal(mine.y, other.y) and torch.equal(mine.edge_index, other.edge_index)
    assert next(iter(ahead)).num_graphs == 4  # left after one batch


def test_a_batch_too_large_for_memory_is_split_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    packed = PackedGraphs.from_list([with_fields(cycle(3 + i % 7), i) for i in range(53)])
    loader = GraphLoader(packed, 8, shuffle=True, max_pairs=250)
    with caplog.at_level("INFO"):
        batches = list(loader)
    assert len(batches) == len(loader) > 7
    assert sorted(chain.from_iterable(batch.y.flatten().int().tolist() for batch in batches)) == list(range(53))
    assert all(batch.num_graphs * int(batch.ptr.diff().max()) ** 2 <= 250 for batch in batches)
    assert len(caplog.records) == 1
    assert "graphs of up to" in caplog.text and "lower training.batch_size" in caplog.text
    with pytest.raises(MspeError, match="graph 6 has 9 nodes: its 81 pairs of nodes are more than the 80 that fit"):
        GraphLoader(packed, 8, max_pairs=80)
