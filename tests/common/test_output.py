"""Output that nobody reads, that is full, or that a terminal cannot show."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.common.processes import run
from tests.conftest import ROOT

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
