"""Files are written whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mspe.common import files
from mspe.common.errors import MspeError
from mspe.common.files import atomic_directory, atomic_file, refuse_existing, remove_directory, write_text
from mspe.common.json_files import read_json, write_json
from tests.conftest import ROOT


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


WRITERS = {"file": lambda path: write_text(path, "new"), "folder": lambda path: write_folder(path, "new")}


def write_folder(path: Path, text: str) -> None:
    with atomic_directory(path) as folder:
        (folder / "inside").write_text(text)


def read(path: Path) -> str:
    return (path / "inside" if path.is_dir() else path).read_text()


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_what_a_kill_left_goes_with_the_next_write_of_the_same_name(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    target = tmp_path / "target"
    (tmp_path / ".target.abc.partial").write_text("half")
    (tmp_path / ".target.def.partial").mkdir()
    (tmp_path / ".target.def.partial" / "inside").write_text("half")
    others = [tmp_path / ".other.abc.partial", tmp_path / "target.partial", tmp_path / ".target.partial"]
    for other in others:
        other.write_text("not of this target")
    write(target)
    assert read(target) == "new" and set(tmp_path.iterdir()) == {target, *others}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_what_a_living_process_is_writing_stays(tmp_path: Path, write: Callable[[Path], None]) -> None:
    target = tmp_path / "target"
    script = """if True:
        import sys
        from mspe.common.files import atomic_file, atomic_directory
        with atomic_file(sys.argv[1]), atomic_directory(sys.argv[1] + ".d"):
            print("begun", flush=True)
            input()
    """
    with subprocess.Popen(
        [sys.executable, "-c", script, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "begun\n"
        write(target)
        write_folder(Path(f"{target}.d"), "new")
        assert len(list(tmp_path.glob(".*.partial"))) == 2
        other.kill()
    write(target)
    write_folder(Path(f"{target}.d"), "newer")
    assert set(tmp_path.iterdir()) == {target, tmp_path / "target.d"}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_symbolic_link_stays_one_and_its_target_is_written(tmp_path: Path, write: Callable[[Path], None]) -> None:
    (tmp_path / "disk").mkdir()
    real, link = tmp_path / "disk" / "real", tmp_path / "link"
    link.symlink_to(real)
    for _ in range(2):  # a link that leads nowhere yet, and one that leads to what stands there
        write(link)
        assert link.is_symlink() and read(real) == "new"
    assert list(real.parent.iterdir()) == [real]


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_a_mode_is_kept_and_a_new_files_is_the_usual_one(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    before = os.umask(0o027)
    try:
        write_text(path, "old")
        write_folder(tmp_path / "folder", "old")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(p.stat().st_mode) for p in (path, tmp_path / "folder")] == [0o640, 0o750]
    path.chmod(mode)
    write_text(path, "new")
    assert path.read_text() == "new" and stat.S_IMODE(path.stat().st_mode) == mode


def test_a_pipe_a_device_and_standard_output_are_written_and_not_replaced(tmp_path: Path) -> None:
    pipe, printed = tmp_path / "pipe", tmp_path / "printed"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        write_text(pipe, "through")
        assert reader.communicate()[0] == "through"
    write_text("/dev/null", "away")
    assert stat.S_ISFIFO(pipe.stat().st_mode) and stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    script = """if True:
        from mspe.common.files import write_text
        print("before", flush=True)
        write_text("/dev/stdout", "text\\n")
        print("after")
    """
    with printed.open("w") as file:
        subprocess.run([sys.executable, "-c", script], stdout=file, check=True)
    assert printed.read_text() == "before\ntext\nafter\n" and Path("/dev/stdout").is_symlink()


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_takes_its_place_where_two_can_be_exchanged_and_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    target = tmp_path / "target"
    if not exchanges:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    for text in ("first", "second", "third"):
        write_folder(target, text)
        assert read(target) == text and list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_take_its_place_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    write_folder(target, "old")
    rename = Path.rename

    def refuse(self: Path, to: Path) -> Path:
        if to == target and (self / "inside").read_text() == "new":
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(self, to)

    monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(MspeError, match=r"^cannot write .*target: No space left on device; what stood there before is"):
        write_folder(target, "new")
    assert read(target) == "old" and list(tmp_path.iterdir()) == [target]


def test_a_file_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("old")
    with pytest.raises(MspeError, match=r"^cannot write \S*target: Not a directory; what stood there before is intact"):
        write_folder(target, "new")
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


def test_what_fails_in_the_block_itself_is_not_taken_for_the_writing(tmp_path: Path) -> None:
    for write in (atomic_file, atomic_directory):
        with pytest.raises(FileNotFoundError, match=r"raw\.csv"), write(tmp_path / "target"):
            Path("/nonexistent/raw.csv").read_text()
        with pytest.raises(BrokenPipeError), write(tmp_path / "target"):
            raise BrokenPipeError
    assert not list(tmp_path.iterdir())


def test_names_as_long_as_the_file_system_takes_them_are_written(tmp_path: Path) -> None:
    for letter in ("a", "ä"):
        target = tmp_path / (letter * (250 // len(letter.encode())))
        for text in ("old", "new"):
            write_text(target, text)
        assert target.read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_stream_is_no_output_that_is_there_already(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("")
    refuse_existing(tmp_path / "pipe")
    refuse_existing("/dev/null")
    for there in (tmp_path / "file", tmp_path):
        with pytest.raises(MspeError, match="is there already; choose another output"):
            refuse_existing(there)


def test_a_folder_is_removed_with_what_an_earlier_removal_left(tmp_path: Path) -> None:
    target = tmp_path / "target"
    write_folder(target, "old")
    write_folder(tmp_path / ".target.x.partial", "half removed")
    for _ in range(2):  # the second time there is nothing to remove
        remove_directory(target)
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", [".gitignore", ".dvcignore"])
def test_what_a_kill_left_is_seen_by_neither_git_nor_dvc(name: str) -> None:
    assert "*.partial" in (ROOT / name).read_text().splitlines()
