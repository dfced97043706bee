"""Text files are UTF-8, and what cannot be read is one line."""

import os
from functools import partial
from pathlib import Path

import pytest

from mspe.common.csv_files import read_csv
from mspe.common.errors import MspeError
from mspe.common.json_files import read_json
from mspe.common.text_files import read_text
from mspe.common.yaml_files import read_yaml


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
        (".", ".: not a regular file (a folder, a pipe or a device); give a file"),
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


def test_what_has_no_end_or_waits_for_ever_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("pipe", "link"):
        for read in (partial(read_text, remedy="write it"), read_json, read_csv, read_yaml):
            with pytest.raises(MspeError, match=rf"{name}: not a regular file"):
                read(tmp_path / name)


def test_a_file_without_permission_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MspeError, match=r"file.txt: cannot be read \(Permission denied\); write it"):
        read_text(tmp_path / "file.txt", "write it")
