"""Files are written whole or not at all."""

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.common.files import atomic_file, read_json, read_tensors, write_csv, write_json, write_tensors


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_json(target, {"old": 1})
    with pytest.raises(KeyboardInterrupt), atomic_file(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert read_json(target) == {"old": 1}
    assert list(tmp_path.iterdir()) == [target]


def test_a_write_that_stops_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    write_tensors(path, {"weight": torch.zeros(10)})
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(MspeError, match=r"cannot write .*weights.pt: File too large; what stood there before"):
            write_tensors(path, {"weight": torch.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_clear_line_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    write_json(target, {"old": 1})

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MspeError, match=r"cannot write .*file: No space left on device.*intact"):
        write_json(target, {"new": 2})
    assert read_json(target) == {"old": 1}


def test_equal_tensors_give_equal_bytes_whatever_the_name(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a.pt", {"x": torch.arange(3)})
    write_tensors(tmp_path / "other.pt", {"x": torch.arange(3)})
    assert (tmp_path / "a.pt").read_bytes() == (tmp_path / "other.pt").read_bytes()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "no such file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "not a readable tensor file"),
        (lambda path: torch.save(torch.zeros(1), path), "holds a Tensor, expected a dictionary"),
        (lambda path: torch.save({"x": Path("/")}, path), "not a readable tensor file"),
    ],
    ids=["missing", "truncated", "no dictionary", "arbitrary object"],
)
def test_a_damaged_tensor_file_is_refused(tmp_path: Path, damage: Callable[[Path], None], message: str) -> None:
    path = tmp_path / "file.pt"
    write_tensors(path, {"x": torch.zeros(100)})
    damage(path)
    with pytest.raises(MspeError, match=message):
        read_tensors(path)


def test_json_holds_null_where_a_number_is_undefined(tmp_path: Path) -> None:
    write_json(tmp_path / "file.json", {"a": float("nan"), "b": [{"c": float("inf")}]})
    assert read_json(tmp_path / "file.json") == {"a": None, "b": [{"c": None}]}


def test_csv_columns_must_have_equal_lengths(tmp_path: Path) -> None:
    write_csv(tmp_path / "file.csv", {"a": [1, 2], "b": [0.5, None]})
    assert (tmp_path / "file.csv").read_text() == "a,b\n1,0.5\n2,\n"
    with pytest.raises(ValueError, match="shorter"):
        write_csv(tmp_path / "file.csv", {"a": [1, 2], "b": [1]})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"a": ', r"not valid JSON \(Expecting value"),
        (b"\xff\xfe\x00", r"not valid JSON \('utf-8' codec can't decode"),
        (b"[1, 2]", "holds a list, expected an object; was it written by mspe"),
    ],
)
def test_a_file_that_holds_no_json_object_is_one_line_that_names_it(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "file.json").write_bytes(content)
    with pytest.raises(MspeError, match=rf"^\S*file\.json: {message}.*$"):
        read_json(tmp_path / "file.json")
