"""Graphs of several files, read as one list: the same batches as in memory, and flat memory."""

import copy
import pickle
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.graphs import GraphLoader, PackedGraphs, ShardedGraphs, sharded
from tests.conftest import cycle


def rings() -> PackedGraphs:
    """Rings of 3 to 140 nodes, so that shards narrow their numbers to different types."""
    graphs = []
    for number in range(60):
        ring = cycle(3 + number if number < 40 else 100 + number)
        ring.x = torch.arange(ring.num_nodes)[:, None] * 3
        ring.y = torch.tensor([[number / 7]])
        graphs.append(ring)
    return PackedGraphs.from_list(graphs)


GRAPHS = rings()


def opened(folder: Path, ends: list[int]) -> ShardedGraphs:
    shards = []
    for start, end in pairwise([0, *ends]):
        GRAPHS[start:end].save(folder / f"{start}.pt")
        shards.append(PackedGraphs.load(folder / f"{start}.pt"))
    return ShardedGraphs(shards)


def assert_same(one: Batch, other: Batch) -> None:
    assert one.keys() == other.keys() and one.num_graphs == other.num_graphs
    for name in other.keys():  # noqa: SIM118, of PyG
        left, right = torch.as_tensor(one[name]), torch.as_tensor(other[name])
        assert left.dtype == right.dtype and torch.equal(left, right), name


@pytest.mark.parametrize("ends", [[60], [20, 41, 60], [1, 59, 60]])
@pytest.mark.parametrize("most", [2**40, 0])
def test_an_epoch_has_the_same_batches_as_in_memory(
    tmp_path: Path, ends: list[int], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharded, "MOST_RESIDENT", most)
    stored = opened(tmp_path, ends)
    for shuffle in (True, False):
        ours, theirs = (GraphLoader(graphs, batch_size=7, shuffle=shuffle, seed=3) for graphs in (stored, GRAPHS))
        for one, other in zip(ours, theirs, strict=True):
            assert_same(one, other)


@pytest.mark.parametrize("chosen", [[59, 0, 30, 0], [], slice(10, 50, 7), torch.tensor([41, 40])])
def test_selections_are_those_of_one_list(tmp_path: Path, chosen: object) -> None:
    stored = opened(tmp_path, [20, 41, 60])
    ours, theirs = stored[chosen], GRAPHS[chosen]
    assert torch.equal(ours.num_nodes, theirs.num_nodes) and torch.equal(ours.edge_index, theirs.edge_index)
    assert all(torch.equal(ours.fields[name], values) for name, values in theirs.fields.items())
    assert torch.equal(stored.whole().edge_index, GRAPHS.edge_index)
    assert_same(stored.collate([50, 2]), GRAPHS.collate([50, 2]))


def test_a_graph_is_read_by_its_number(tmp_path: Path) -> None:
    stored = opened(tmp_path, [20, 60])
    assert torch.equal(stored[-1].x, GRAPHS[59].x) and stored[20].num_nodes == 23
    with pytest.raises(IndexError, match="graph 60 of 60"):
        stored[60]


def test_a_copy_for_another_process_lies_in_no_file(tmp_path: Path) -> None:
    shard = opened(tmp_path, [60]).shards[0]
    for other in (pickle.loads(pickle.dumps(shard)), copy.deepcopy(shard)):
        assert shard.mapped_bytes > 0 == other.mapped_bytes
        other.release()
        shard.release()
        assert torch.equal(other.fields["x"], GRAPHS.fields["x"]) and torch.equal(shard.fields["x"], other.fields["x"])


def test_shards_of_different_fields_are_one_line() -> None:
    with pytest.raises(MspeError, match=r"^shard 1 has (\w+, )*x.*, and shard 0 .*y; run the stage"):
        ShardedGraphs([GRAPHS, GRAPHS.without_fields(["y"])])
