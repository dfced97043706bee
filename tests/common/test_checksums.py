"""The checksum of a file is that of its content."""

from pathlib import Path

import pytest

from mspe.common.checksums import checksum, file_checksum
from mspe.common.errors import MspeError


@pytest.mark.parametrize("content", [b"", b"a", b"ab" * 10_000])
def test_a_file_and_its_content_have_the_same(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert file_checksum(tmp_path / "file") == checksum(content)
    assert file_checksum(tmp_path / "file", without_last=1) == checksum(content[:-1])


def test_what_cannot_be_read_is_one_line_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=rf"^{tmp_path}: cannot be read \(Is a directory\)$"):
        file_checksum(tmp_path)
