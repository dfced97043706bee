"""A user's Python files: each runs once, and one that cannot is a line with its name."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.plugins import load_plugins


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """The files that a test loads are forgotten after it."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("mspe_plugin_"):
            del sys.modules[name]


def logging_plugin(folder: Path, name: str, end: str = "") -> Path:
    """A file that writes its name into `log` each time it runs."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"with open({str(folder / 'log')!r}, 'a') as file:\n    file.write({path.stem!r} + ' ')\n{end}\n")
    return path


def test_files_run_in_their_order_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [logging_plugin(tmp_path, name) for name in ("second.py", "first.py")]
    monkeypatch.chdir(tmp_path)
    load_plugins([*paths, str(paths[0])])
    load_plugins(["first.py", tmp_path / "nested" / ".." / "second.py", "./second.py"])
    assert (tmp_path / "log").read_text().split() == ["second", "first"]


def test_a_file_that_has_changed_since_it_was_loaded_is_refused(tmp_path: Path) -> None:
    path = logging_plugin(tmp_path, "mine.py")
    load_plugins([path])
    load_plugins([path])
    logging_plugin(tmp_path, "mine.py", "# changed")
    with pytest.raises(MspeError, match=r"mine\.py: has changed since this process loaded it; start it, or a"):
        load_plugins([path])


def test_files_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    load_plugins([logging_plugin(tmp_path, "same.py"), logging_plugin(tmp_path, "other/same.py")])
    assert [path.read_text() for path in sorted(tmp_path.rglob("log"))] == ["same same "]


def test_a_class_of_a_plug_in_knows_its_module(tmp_path: Path) -> None:
    """Without it `pickle` and `inspect.getsource` cannot find the class."""
    before = set(sys.modules)
    load_plugins([logging_plugin(tmp_path, "shapes.py", "class Ring:\n    pass")])
    (module,) = [sys.modules[name] for name in set(sys.modules) - before if name.startswith("mspe_plugin_")]
    assert sys.modules[module.Ring.__module__].Ring is module.Ring
    assert module.__file__ == str(tmp_path / "shapes.py")


def test_a_file_that_fails_runs_again_when_it_is_corrected(tmp_path: Path) -> None:
    path = logging_plugin(tmp_path, "mine.py", "raise ValueError('first line\\nsecond line')")
    with pytest.raises(MspeError) as raised:
        load_plugins([path])
    assert str(raised.value) == f"{path}: cannot be loaded (ValueError: first line); correct the file"
    load_plugins([logging_plugin(tmp_path, "mine.py", "# now it is right, and longer than before")])
    assert (tmp_path / "log").read_text().split() == ["mine", "mine"]


@pytest.mark.parametrize("name", ["nowhere.py", "folder", "notes.txt"])
def test_what_is_no_python_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("text")
    with pytest.raises(MspeError, match=rf"{name}: no such Python file; correct encodings\.plugins, or --plugin$"):
        load_plugins([tmp_path / name])


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0", r"mine.py: cannot be loaded \(ZeroDivisionError: division by zero\); correct the file"),
        ("import no_such_package", r"cannot be loaded \(ModuleNotFoundError: No module named 'no_such_package'\)"),
        ("def", r"cannot be loaded \(SyntaxError"),
    ],
)
def test_a_plug_in_that_fails_is_a_line_with_its_file(tmp_path: Path, code: str, message: str) -> None:
    (tmp_path / "mine.py").write_text(code)
    for _ in range(2):  # the second attempt too
        with pytest.raises(MspeError, match=message):
            load_plugins([tmp_path / "mine.py"])
