"""A disk that is full or read-only: a stage ends in one line, and what stood there is intact."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mspe.common.command import command
from stages import encode, preprocess, spectrum
from tests.conftest import ROOT

MAINS: dict[str, tuple[Callable[[], None], str]] = {
    "preprocess": (preprocess.main, "data/graphs"),
    "spectrum": (spectrum.main, "data/spectrum"),
    "encode": (encode.main, "data/encodings"),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose data were made once."""
    folder = tmp_path_factory.mktemp("project")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["dataset"]["limit"] = 12
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    shutil.copy(ROOT / "dvc.yaml", folder)
    for code in ("mspe", "stages"):
        (folder / code).symlink_to(ROOT / code)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for main, _ in MAINS.values():
            main()
    return folder


def contents(folder: str) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def refuse(number: int) -> Callable[..., Any]:
    def refused(*arguments: Any, **_: Any) -> Any:
        place = arguments[0] if arguments and isinstance(arguments[0], str | Path) else None
        raise OSError(number, os.strerror(number), place)

    return refused


@pytest.mark.parametrize("stage", MAINS)
@pytest.mark.parametrize(
    ("module", "function", "number", "reason"),
    [
        (os, "mkdir", 30, "Read-only file system"),
        (os, "open", 30, "Read-only file system"),
        (os, "fsync", 28, "No space left on device"),
    ],
)
def test_a_stage_that_cannot_write_ends_in_a_line_and_leaves_what_stood_there(
    finished: Path, monkeypatch: pytest.MonkeyPatch, stage: str, module: Any, function: str, number: int, reason: str
) -> None:
    monkeypatch.chdir(finished)
    main, output = MAINS[stage]
    before = contents(output)
    shutil.rmtree(".mspe", ignore_errors=True)  # of kept shards nothing would be written anew
    monkeypatch.setattr(module, function, refuse(number))
    with pytest.raises(SystemExit) as stopped, command():
        main()
    line = str(stopped.value.code)
    assert line.startswith("error: ") and reason in line and line.isprintable()
    monkeypatch.undo()
    monkeypatch.chdir(finished)
    assert before and contents(output) == before
