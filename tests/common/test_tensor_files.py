"""Tensors come back as they were, or not at all."""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.common.tensor_files import read_tensors, verify_tensors, write_tensors
from tests.faults import FULL


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


CONTENT = {"a": torch.arange(3.0), "b": {"c": torch.tensor([1, 2]), "d": "text", "e": [1, 2.5]}}


def is_content(read: dict[str, Any]) -> bool:
    """Whether it is `CONTENT`, types included."""
    return repr(read) == repr(CONTENT)


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize(
    "write", [write_tensors, lambda path, content: torch.save(content, path)], ids=["ours", "torch"]
)
def test_no_flipped_bit_goes_unseen(tmp_path: Path, write: Callable[[Path, Any], None], mapped: bool) -> None:
    """Ours are refused, but for the checksum's mark; of torch's own files what no one reads may change too."""
    path = tmp_path / "file.pt"
    write(path, CONTENT)
    written, refused, bits = path.read_bytes(), 0, range(0, 8 * path.stat().st_size, 1 if FULL else 29)
    assert is_content(read_tensors(path, mapped))
    for bit in bits:
        damaged = bytearray(written)
        damaged[bit // 8] ^= 1 << bit % 8
        path.unlink()  # the tensors of a mapped file lie in it
        path.write_bytes(damaged)
        try:
            assert is_content(read_tensors(path, mapped)), bit
        except MspeError as error:
            refused += 1
            assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
    assert refused > len(bits) * (0.98 if write is write_tensors else 0.5)


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:-1000], lambda b: bytes(len(b)), lambda b: b + b])
def test_other_damage_is_refused_by_verifying_alone(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "file.pt"
    write_tensors(path, CONTENT)
    verify_tensors(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(MspeError, match=r"^\S*file\.pt: not a readable tensor file \(.*run again what writes it$"):
        verify_tensors(path)


def test_an_entry_that_only_its_attributes_call_a_folder_is_refused(tmp_path: Path) -> None:
    """Torch would read it as empty, and leave the tensor as it finds it in memory."""
    path = tmp_path / "file.pt"
    torch.save(CONTENT, path)
    written = path.read_bytes()
    entry = written.rindex(b"PK\x01\x02", 0, written.rindex(b"/data/0"))
    path.write_bytes(written[: entry + 38] + b"\x10" + written[entry + 39 :])
    with pytest.raises(MspeError, match="its directory contradicts itself"):
        read_tensors(path)


def test_torch_reads_what_we_write(tmp_path: Path) -> None:
    write_tensors(tmp_path / "file.pt", CONTENT)
    for mapped in (False, True):
        assert is_content(torch.load(tmp_path / "file.pt", weights_only=True, mmap=mapped))
