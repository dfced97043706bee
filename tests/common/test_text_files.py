"""Text files are UTF-8, and what cannot be read is one line."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.text_files import read_text


@pytest.mark.parametrize("content", ["± → …\n".encode(), "± → …\n".encode("utf-8-sig")], ids=["plain", "with a mark"])
def test_text_is_read_as_utf_8(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.txt").write_bytes(content)
    assert read_text(tmp_path / "file.txt", "write it", largest=20) == "± → …\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\nb: ü c".encode("latin-1"), "line 2: not UTF-8 text (invalid start byte); save the file as UTF-8"),
        ("a: b".encode("utf-16"), "line 1: not UTF-8 text (invalid start byte); save the file as UTF-8"),
        (b"x" * 51, "too large, allowed: up to 50 bytes; write it"),
    ],
    ids=["latin-1", "utf-16", "too large"],
)
def test_what_is_no_such_text_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "file.txt"
    file.write_bytes(content)
    with pytest.raises(MspeError) as raised:
        read_text(file, "write it", largest=50)
    assert str(raised.value) == f"{file}: {message}"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing.txt", "missing.txt: no such file; write it"),
        (".", ".: a folder, expected a file; write it"),
        ("/proc/self/mem", "/proc/self/mem: cannot be read (Input/output error); write it"),
        ("n" * 300, "cannot be read (File name too long); write it"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MspeError) as raised:
        read_text(path, "write it")
    assert message in str(raised.value)


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(MspeError, match="too large"):
        read_text("/dev/zero", "write it", largest=1000)


def test_a_file_without_permission_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MspeError, match=r"file.txt: cannot be read \(Permission denied\); write it"):
        read_text(tmp_path / "file.txt", "write it")
