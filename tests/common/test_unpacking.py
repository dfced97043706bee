"""Limits of what a file may unpack to; bombs: tests/faults/test_hostile.py."""

import gzip
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.unpacking import Unpacked, refuse_fold, unpack_gzip


@pytest.mark.parametrize(
    ("size", "unpacked", "allowed"),
    [(1, 2**26, True), (1, 2**26 + 1, False), (10**6, 2 * 10**8, True), (10**6, 2 * 10**8 + 1, False)],
)
def test_the_limit_is_64_mib_or_200_times_the_size(size: int, unpacked: int, allowed: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(size)
    if allowed:
        refuse_fold(path, unpacked)
    else:
        with pytest.raises(MspeError, match=f"{size} bytes unpack to {unpacked} or more"):
            refuse_fold(path, unpacked)


def test_what_is_counted_bit_by_bit_has_the_same_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    unpacked = Unpacked(tmp_path / "file")
    for _ in range(2):
        unpacked.add(2**25)
    with pytest.raises(MspeError, match=f"1 bytes unpack to {2**26 + 1} or more"):
        unpacked.add(1)


@pytest.mark.parametrize("content", [b"", b"text", b"many lines\n" * 10**6])
def test_a_whole_file_is_unpacked(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file.gz").write_bytes(gzip.compress(content))
    assert unpack_gzip(tmp_path / "file.gz") == content
