"""Shard by shard, bounded in memory, resumed where it was."""

from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.encodings import compute_spectrum
from mspe.encodings.stream import map_shards, map_shards_once
from mspe.graphs import PackedGraphs, read_split
from mspe.graphs.content_key import is_derived, with_structure_keys
from mspe.graphs.store import SPLITS, shard_paths, write_shards
from tests.conftest import complete, cycle


def store(folder: Path) -> Path:
    for split in SPLITS:
        graphs = PackedGraphs.from_list([cycle(3), complete(4), cycle(5), cycle(6), cycle(7)])
        write_shards(folder / split, (graphs[i : i + 2] for i in range(0, 5, 2)))
    return folder


def test_streaming_gives_what_the_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = store(tmp_path / "graphs")
    map_shards(source, tmp_path / "spectrum", lambda shard, name: compute_spectrum(shard), {}, [source])
    assert [path.name for path in shard_paths(tmp_path / "spectrum", "val")] == ["00000.pt", "00001.pt", "00002.pt"]
    joined = read_split(source, "train", tmp_path / "spectrum")
    whole = compute_spectrum(read_split(source, "train"))
    assert torch.equal(joined.fields["eigenvalues"], whole.fields["eigenvalues"])


def test_graphs_that_are_the_same_in_every_split_are_computed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source, calls = store(tmp_path / "graphs"), []
    write_shards(source / "test", [PackedGraphs.from_list([cycle(3), complete(5)])])  # others, as the first shard

    def work(shard: PackedGraphs, name: Path) -> PackedGraphs:
        calls.append(str(name))
        return with_structure_keys(compute_spectrum(shard), shard)

    map_shards(source, tmp_path / "spectrum", work, {}, [source])
    assert calls == ["train/00000.pt", "train/00001.pt", "train/00002.pt", "test/00000.pt"]
    for split in SPLITS:
        assert is_derived(read_split(tmp_path / "spectrum", split), read_split(source, split))
    map_shards(tmp_path / "spectrum", tmp_path / "more", lambda shard, name: shard, {}, [tmp_path / "spectrum"])
    assert is_derived(read_split(tmp_path / "more", "val"), read_split(source, "val"))


def test_a_shard_of_the_results_that_is_lost_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = store(tmp_path / "graphs")
    map_shards(source, tmp_path / "out", lambda shard, name: shard, {}, [source])
    for split in SPLITS:
        shard_paths(tmp_path / "out", split)[-1].unlink()
        with pytest.raises(MspeError, match=rf"{split}: 00002.pt is missing; run the stage that writes them"):
            shard_paths(tmp_path / "out", split)


def test_a_killed_stage_goes_on_at_its_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source, calls = store(tmp_path / "graphs"), []

    def work(shard: PackedGraphs, name: Path) -> PackedGraphs:
        calls.append(str(name))
        if len(calls) == 5:
            raise KeyboardInterrupt
        return shard

    with pytest.raises(KeyboardInterrupt):
        map_shards(source, tmp_path / "out", work, {"setting": 1}, [source])
    assert not (tmp_path / "out").exists()
    map_shards(source, tmp_path / "out", work, {"setting": 1}, [source])
    assert len(calls) == 9 + 1 and calls[4] == calls[5]  # only the interrupted shard twice
    assert not list((tmp_path / ".mspe" / "resume").iterdir())
    map_shards(source, tmp_path / "out", work, {"setting": 2}, [source])
    assert len(calls) == 19  # other settings start afresh


@pytest.mark.parametrize("damage", [b"", b"no shard", None], ids=["empty", "other", "a flipped bit"])
def test_a_kept_shard_that_is_damaged_is_computed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, damage: bytes | None
) -> None:
    monkeypatch.chdir(tmp_path)
    source, calls = store(tmp_path / "graphs"), []

    def work(shard: PackedGraphs, name: Path) -> PackedGraphs:
        calls.append(name)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return shard

    with pytest.raises(KeyboardInterrupt):
        map_shards(source, tmp_path / "out", work, {}, [source])
    (kept,) = (tmp_path / ".mspe" / "resume").glob(f"*/{calls[1]}")
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content if damage is None else damage)
    map_shards(source, tmp_path / "out", work, {}, [source])
    assert calls[5] == calls[1] and len(calls) == 5 + 1 + 5
    assert f"{calls[1]}: not a readable tensor file" in caplog.text and "it is computed anew" in caplog.text
    for split in SPLITS:
        assert torch.equal(read_split("out", split).edge_index, read_split(source, split).edge_index)


def test_what_the_same_inputs_made_is_kept_and_anything_else_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    source, target, calls = store(tmp_path / "graphs"), tmp_path / "out" / "adjacency", []

    def make(setting: int) -> int:
        def work(shard: PackedGraphs, name: Path) -> PackedGraphs:
            calls.append(name)
            return shard

        before = len(calls)
        with caplog.at_level("INFO"):
            map_shards_once(source, target, work, {"setting": setting}, [source])
        return len(calls) - before

    assert make(1) == 9
    files = {path: path.stat().st_mtime_ns for path in target.rglob("*.pt")}
    caplog.clear()
    assert make(1) == 0 and f"{target}: kept" in caplog.text
    assert {path: path.stat().st_mtime_ns for path in target.rglob("*.pt")} == files
    assert make(2) == 9
    shard_paths(target, "val")[1].unlink()
    assert make(2) == 9 and "00001.pt is missing" in caplog.text
    (target / "made.json").unlink()
    assert make(2) == 9
    store(source)
    write_shards(source / "train", [PackedGraphs.from_list([cycle(4)])])
    assert make(2) == 9  # of other graphs
