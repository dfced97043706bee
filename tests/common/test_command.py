"""Errors and the log of a command."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest

from mspe.common.command import command
from mspe.common.errors import MspeError
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

ON_IMPORT = """
import os, signal, sys

def interrupt(event, arguments):
    if event == "import" and arguments[0] == {module!r}:
        os.kill(os.getpid(), signal.{signal})

sys.addaudithook(interrupt)
"""


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, on this project's code."""
    path = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
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


@pytest.mark.parametrize("module", ["argparse", "pydantic", "numpy", "torch"])
def test_an_interrupt_while_a_stage_imports_is_one_line(tmp_path: Path, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(ON_IMPORT.format(module=module, signal="SIGINT"))
    result = run(tmp_path, "-m", "stages.preprocess")
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "stopped by SIGINT\n")


@pytest.mark.parametrize("module", ["logging", "argparse", "numpy"])
def test_an_interrupt_while_a_subcommand_imports_is_one_line(tmp_path: Path, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(ON_IMPORT.format(module=module, signal="SIGINT"))
    result = run(tmp_path, "-m", "mspe.cli", "datasets")
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "stopped by SIGINT\n")


def test_sigterm_while_a_stage_imports_ends_it_at_once(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(ON_IMPORT.format(module="pydantic", signal="SIGTERM"))
    result = run(tmp_path, "-m", "stages.preprocess")
    assert (result.returncode, result.stdout, result.stderr) == (-signal.SIGTERM, "", "")


def test_an_interrupt_of_the_work_itself_may_clean_up(tmp_path: Path) -> None:
    code = """
        import os, signal
        from pathlib import Path
        from mspe.common.command import begin, command

        begin(None)
        with command():
            try:
                os.kill(os.getpid(), signal.SIGINT)
            finally:
                Path("cleaned").touch()
    """
    result = run(tmp_path, "-c", dedent(code))
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "stopped by SIGINT\n")
    assert (tmp_path / "cleaned").exists()


LOGS = "import logging\nfor k in range(5000): logging.info(k)"
PRINTS = "for k in range(50000): print(k)"
PRINTS_ONCE = "import time; time.sleep(0.5); print('late')"


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("body", "reader", "statuses"),
    [
        (PRINTS, "head -1", {141}),
        (PRINTS_ONCE, "true", {141}),
        (LOGS, "head -1", {0, 141}),
        (PRINTS, "cat >/dev/full", {0, 141}),
        ("import sys; sys.exit(3)", "true", {3}),
    ],
)
def test_a_reader_that_goes_away_ends_a_command_in_silence(
    tmp_path: Path, body: str, reader: str, statuses: set[int], unbuffered: str
) -> None:
    code = f"from mspe.common.command import command\nwith command():\n{indent(body, '    ')}"
    (tmp_path / "work.py").write_text(code)
    pipeline = f'"{sys.executable}" work.py 2>errors | {reader} 2>/dev/null; exit ${{PIPESTATUS[0]}}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    result = subprocess.run(["bash", "-c", pipeline], cwd=tmp_path, env=environment, check=False, capture_output=True)
    assert result.returncode in statuses and (tmp_path / "errors").read_text() == ""


def test_a_full_output_is_one_line(tmp_path: Path) -> None:
    code = "from mspe.common.command import command\nwith command(): print(1)"
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}, cwd=tmp_path,
        )  # fmt: skip
    assert (result.returncode, result.stderr) == (1, "error: standard output: No space left on device\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("module", ["mspe.cli", "stages.train"])
def test_help_that_cannot_be_printed_is_a_failure(tmp_path: Path, module: str, unbuffered: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", module, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}, cwd=tmp_path,
        )  # fmt: skip
    assert result.returncode == 1 and result.stderr.startswith("error: ")
    assert result.stderr.endswith("No space left on device\n") and result.stderr.count("\n") == 1


def test_any_text_can_be_printed_in_any_locale(tmp_path: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code = """
        import logging
        from mspe.common.command import command
        from mspe.common.errors import MspeError
        from mspe.common.json_files import read_json, write_json

        with command():
            write_json("file.json", {"name": "±"})
            print(read_json("file.json")["name"])
            logging.info("1 → 2")
            raise MspeError("too …")
    """
    (tmp_path / "work.py").write_text(dedent(code), encoding="utf-8")
    result = run(tmp_path, "work.py", **ascii_only)
    assert (result.returncode, result.stdout, result.stderr) == (1, "\\xb1\n1 \\u2192 2\n", "error: too \\u2026\n")


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
