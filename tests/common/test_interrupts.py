"""Interrupts, while a process imports and while it works."""

import signal
from pathlib import Path
from textwrap import dedent

import pytest

from tests.common.processes import run

ON_IMPORT = """
import os, signal, sys

def interrupt(event, arguments):
    if event == "import" and arguments[0] == {module!r}:
        os.kill(os.getpid(), signal.{signal})

sys.addaudithook(interrupt)
"""


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
