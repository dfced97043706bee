"""Files are written whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.files import atomic_file
from mspe.common.json_files import read_json, write_json


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_json(target, {"old": 1})
    with pytest.raises(KeyboardInterrupt), atomic_file(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert read_json(target) == {"old": 1}
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_one_clear_line_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    write_json(target, {"old": 1})

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MspeError, match=r"cannot write .*file: No space left on device.*intact"):
        write_json(target, {"new": 2})
    assert read_json(target) == {"old": 1}
