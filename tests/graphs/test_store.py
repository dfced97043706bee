"""Folders of packed graphs: shards in order, nothing of a former run, and damage in one line."""

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.common.tensor_files import read_tensors, write_tensors
from mspe.graphs import PackedGraphs, read_split, store, write_splits
from mspe.graphs.store import INDEX, read_shards, shard_ends, shard_name, shard_paths
from tests.conftest import cycle
from tests.graphs.fixtures import GRAPHS

PACKED = PackedGraphs.from_list(GRAPHS)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "shard_ends", every(3))


def every(count: int) -> Callable[[PackedGraphs], list[int]]:
    """Shards of so many graphs, however many bytes they have."""
    return lambda graphs: [min(end + count, len(graphs)) for end in range(0, len(graphs), count)]


def assert_same(left: PackedGraphs, right: PackedGraphs) -> None:
    """Equal to the bit, types included."""
    assert left.levels == right.levels and set(left.fields) == set(right.fields)
    pairs = [(getattr(left, name), getattr(right, name)) for name in ("num_nodes", "num_edges", "num_links")]
    pairs += [
        (left.edge_index, right.edge_index),
        *((values, right.fields[name]) for name, values in left.fields.items()),
    ]
    for one, other in pairs:
        assert one.dtype == other.dtype and torch.equal(one, other)


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
    monkeypatch.setattr(store, "shard_ends", every(1))
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
    assert str(raised.value).startswith(f"{path}: not the file that was written there") and "\n" not in str(
        raised.value
    )


def rename(one: Path, other: Path) -> None:
    kept = one.with_name("kept")
    one.rename(kept), other.rename(one), kept.rename(other)


CHANGES: dict[str, Callable[[Path], Any]] = {
    "swapped": lambda train: rename(train / "00000.pt", train / "00001.pt"),
    "swapped with another split": lambda train: rename(train / "00000.pt", train.parent / "val" / "00000.pt"),
    "a split in place of another": lambda train: rename(train, train.parent / "val"),
    "lost in the middle": lambda train: (train / "00001.pt").unlink(),
    "lost at the end": lambda train: (train / "00002.pt").unlink(),
    "one more": lambda train: shutil.copy(train / "00000.pt", train / "00003.pt"),
    "a gap": lambda train: (train / "00002.pt").rename(train / "00003.pt"),
    "of another name": lambda train: shutil.copy(train / "00000.pt", train / "copy.pt"),
    "of another dataset": lambda train: PACKED[:1].save(train / "00001.pt"),
    "a folder": lambda train: ((train / "00001.pt").unlink(), (train / "00001.pt").mkdir()),
    "no shards": lambda train: [path.unlink() for path in train.glob("*.pt")],
    "an index of another split": lambda train: shutil.copy(train.parent / "val" / INDEX, train),
    "a folder as the index": lambda train: ((train / INDEX).unlink(), (train / INDEX).mkdir()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_shards_that_are_not_those_that_were_written_are_one_line(tmp_path: Path, change: str) -> None:
    graphs = PackedGraphs.from_list([cycle(3)] * 7).with_fields({"rank": torch.arange(7)}, {"rank": "graph"})
    write_splits(tmp_path, {"train": graphs, "val": graphs[2:5]})
    CHANGES[change](tmp_path / "train")
    with pytest.raises(MspeError) as raised:
        read_split(tmp_path, "train")
    assert str(raised.value).startswith(f"{tmp_path / 'train'}") and "\n" not in str(raised.value)


@pytest.mark.parametrize("lost", ["00000.pt", "00001.pt"])
def test_without_an_index_a_gap_is_refused_still(tmp_path: Path, lost: str) -> None:
    write_splits(tmp_path, {"train": PACKED})
    (tmp_path / "train" / INDEX).unlink()
    assert_same(read_split(tmp_path, "train"), PACKED)
    shutil.copy(tmp_path / "train/00000.pt", tmp_path / "train/00002.pt")
    (tmp_path / "train" / lost).unlink()
    with pytest.raises(MspeError, match=rf"train: {lost} is missing; run the stage"):
        read_split(tmp_path, "train")


def test_shards_of_different_fields_are_one_line(tmp_path: Path) -> None:
    write_splits(tmp_path, {"train": PACKED})
    (tmp_path / "train" / INDEX).unlink()
    path = shard_paths(tmp_path, "train")[1]
    PACKED[:1].with_fields({"rank": torch.arange(1)}, {"rank": "graph"}).save(path)
    with pytest.raises(MspeError, match=rf"^{path}: not of the other shards: it has .*rank, and 00000\.pt "):
        read_split(tmp_path, "train")


@pytest.mark.parametrize("change", [{"types": None}, {"num_links": None}, {"of_tomorrow": torch.zeros(1)}])
def test_a_shard_of_another_version_is_one_line_that_names_it(tmp_path: Path, change: dict) -> None:
    write_splits(tmp_path, {"train": PACKED})
    (tmp_path / "train" / INDEX).unlink()  # there was none in earlier versions
    path = shard_paths(tmp_path, "train")[0]
    content = {**read_tensors(path), **change}
    write_tensors(path, {name: value for name, value in content.items() if value is not None})
    with pytest.raises(MspeError) as raised:
        read_split(tmp_path, "train")
    assert str(raised.value).startswith(f"{path}: not a file of packed graphs of this version (keys ")
    assert "(`dvc repro`), beginning with preprocess" in str(raised.value) and "\n" not in str(raised.value)


def test_whole_numbers_of_any_size_come_back_from_the_fewest_bytes_that_hold_them(tmp_path: Path) -> None:
    """Each bound of each type, and one beyond it; the same batches as of graphs that were never stored."""
    bounds = [sign * (2**bits + more) for bits in (7, 15, 31) for sign in (1, -1) for more in (-1, 0, 1)]
    for number in [0, *bounds, 2**62]:
        values = {"whole": torch.full((4,), number), "truth": torch.ones(4, dtype=torch.bool)}
        graphs = PACKED.with_fields(values, dict.fromkeys(values, "graph"))
        write_splits(tmp_path, {"train": graphs})
        stored = read_split(tmp_path, "train")
        assert_same(stored, graphs)
        for ours, kept in ((stored.collate([2, 0]), graphs.collate([2, 0])), (stored[3], graphs[3])):
            assert ours.keys() == kept.keys()
            for name in kept.keys():  # noqa: SIM118, of PyG
                one, other = torch.as_tensor(ours[name]), torch.as_tensor(kept[name])
                assert one.dtype == other.dtype and torch.equal(one, other), name


def test_a_shard_holds_as_many_graphs_as_its_bytes_with_their_spectrum() -> None:
    small, large = cycle(10), cycle(600)
    graphs = PackedGraphs.from_list([small] * 900 + [large] * 180)
    each = graphs.bytes_per_graph() + 4 * graphs.num_nodes * graphs.num_nodes.clamp(max=512)
    ends = shard_ends(graphs)
    sizes = [int(each[start:end].sum()) for start, end in pairwise([0, *ends])]
    assert ends[-1] == len(graphs) and sum(sizes) == int(each.sum())
    assert max(sizes) <= store.SHARD_BYTES < min(sizes[:-1]) + int(each.max()) and len(sizes) > 2
