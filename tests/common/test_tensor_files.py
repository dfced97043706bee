"""Tensors come back as they were, or not at all."""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.common.tensor_files import read_tensors, write_tensors


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
