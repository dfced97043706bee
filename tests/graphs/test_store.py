"""Folders of packed graphs: shards in order, nothing of a former run, and damage in one line."""

from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.common.tensor_files import read_tensors, write_tensors
from mspe.graphs import PackedGraphs, read_split, store, write_splits
from mspe.graphs.store import read_shards, shard_name, shard_paths
from tests.conftest import cycle
from tests.graphs.fixtures import GRAPHS

PACKED = PackedGraphs.from_list(GRAPHS)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SHARD_SIZE", 3)


def assert_same(left: PackedGraphs, right: PackedGraphs) -> None:
    assert left.levels == right.levels and set(left.fields) == set(right.fields)
    for name in ("num_nodes", "num_edges", "num_links", "edge_index"):
        assert torch.equal(getattr(left, name), getattr(right, name)), name
    for name, values in left.fields.items():
        assert torch.equal(values, right.fields[name]), name


@pytest.mark.parametrize(("count", "shards"), [(1, 1), (3, 1), (4, 2)])
def test_a_split_comes_back_from_its_shards(tmp_path: Path, count: int, shards: int) -> None:
    write_splits(tmp_path, {"train": PACKED[:count], "val": PACKED[1:]})
    assert_same(read_split(tmp_path, "train"), PACKED[:count])
    assert_same(read_split(tmp_path, "val"), PACKED[1:])
    assert [path.name for path in shard_paths(tmp_path, "train")] == ["00000.pt", "00001.pt"][:shards]
    assert [len(shard) for shard in read_shards(tmp_path, "train")] == [min(3, count), count - 3][:shards]


def test_names_of_shards_sort_as_their_numbers_do() -> None:
    names = [shard_name(number) for number in (0, 2, 10, 99, 100, 99_999)]
    assert names == sorted(names)


def test_fewer_graphs_leave_no_shard_of_a_former_run(tmp_path: Path) -> None:
    write_splits(tmp_path, {"train": PACKED, "val": PACKED})
    write_splits(tmp_path, {"train": PACKED[:2]})
    assert_same(read_split(tmp_path, "train"), PACKED[:2])
    assert_same(read_split(tmp_path, "val"), PACKED)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["train", "val"]


def test_fields_of_further_folders_join_whatever_their_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = torch.zeros(4, dtype=torch.int32), torch.zeros(2, 0, dtype=torch.int32)
    ranks = PackedGraphs(PACKED.num_nodes, *nothing, {"rank": torch.arange(4)}, {"rank": "graph"})
    write_splits(tmp_path / "graphs", {"train": PACKED})
    monkeypatch.setattr(store, "SHARD_SIZE", 1)
    write_splits(tmp_path / "ranks", {"train": ranks})
    assert_same(read_split(tmp_path / "graphs", "train", tmp_path / "ranks"), PACKED.with_fields_of(ranks))
    write_splits(tmp_path / "ranks", {"train": PackedGraphs.from_list([cycle(3)] * 4)})
    with pytest.raises(MspeError, match="they belong to other graphs"):
        read_split(tmp_path / "graphs", "train", tmp_path / "ranks")


def test_without_graphs_it_says_what_to_run(tmp_path: Path) -> None:
    write_splits(tmp_path, {"train": PACKED[:0]})
    for split in ("train", "test"):
        with pytest.raises(MspeError, match=rf"{split}: no graphs there; run the stage that writes them"):
            read_split(tmp_path, split)


def test_a_shard_cut_off_is_one_line_that_names_it(tmp_path: Path) -> None:
    write_splits(tmp_path, {"train": PACKED})
    path = shard_paths(tmp_path, "train")[1]
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(MspeError) as raised:
        read_split(tmp_path, "train")
    assert str(raised.value).startswith(f"{path}: not a readable tensor file") and "\n" not in str(raised.value)


@pytest.mark.parametrize("change", [{"num_links": None}, {"of_tomorrow": torch.zeros(1)}])
def test_a_shard_of_another_version_is_one_line_that_names_it(tmp_path: Path, change: dict) -> None:
    write_splits(tmp_path, {"train": PACKED})
    path = shard_paths(tmp_path, "train")[0]
    content = {**read_tensors(path), **change}
    write_tensors(path, {name: value for name, value in content.items() if value is not None})
    with pytest.raises(MspeError) as raised:
        read_split(tmp_path, "train")
    assert str(raised.value).startswith(f"{path}: not a file of packed graphs (keys ") and "\n" not in str(raised.value)
