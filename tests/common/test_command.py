"""Errors and the log of a command."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from mspe.common.command import command
from mspe.common.errors import MspeError
from tests.common.processes import run
from tests.conftest import ROOT


def test_a_command_ends_with_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^error: too small$") as stopped, command():
        raise MspeError("too small")
    assert stopped.value.code == "error: too small"  # Python prints it on standard error and exits with 1


@pytest.mark.parametrize("kind", [MspeError, lambda text: FileNotFoundError(2, "No such file", text)])
def test_a_message_is_one_line_of_bounded_length(kind: Callable[[str], Exception]) -> None:
    with pytest.raises(SystemExit) as stopped, command():
        raise kind("data\n\x1b[31m\r" + "x" * 10**5 + "the end")
    message = str(stopped.value.code)
    assert message.startswith("error: data  [31m x") and "the end" in message
    assert message.isprintable() and len(message) < 1600


@pytest.mark.parametrize("apart", [True, False])
def test_the_log_can_be_kept_apart_from_what_is_printed(
    apart: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    with command(log_apart=apart):
        logging.getLogger("mspe").warning("computed anew")
        print("{}")
    expected = ("{}\n", "computed anew\n") if apart else ("computed anew\n{}\n", "")
    assert tuple(capsys.readouterr()) == expected


STAGES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "stages").rglob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("stage", STAGES)
def test_help_prints_usage_and_touches_nothing(tmp_path: Path, stage: str) -> None:
    result = run(tmp_path, "-X", "importtime", "-m", stage, "--help")
    assert (result.returncode, list(tmp_path.iterdir())) == (0, [])
    assert result.stdout.startswith(f"usage: python -m {stage} [-h]")
    assert "| torch" not in result.stderr  # it takes seconds


def test_an_unknown_argument_is_refused_and_named(tmp_path: Path) -> None:
    result = run(tmp_path, "-m", "stages.validate", "--dry-run")
    assert (result.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "unrecognized arguments: --dry-run" in result.stderr


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PermissionError(13, "Permission denied", "data/graphs"), "error: data/graphs: Permission denied"),
        (OSError(28, "No space left on device"), "error: No space left on device"),
        (ConnectionResetError(), "error: ConnectionResetError"),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), "error: this locale cannot name '\\xe9'; set LC_ALL=C.UTF-8"),
    ],
)
def test_an_error_of_the_operating_system_is_one_line(error: Exception, line: str) -> None:
    with pytest.raises(SystemExit) as stopped, command():
        raise error
    assert stopped.value.code == line
