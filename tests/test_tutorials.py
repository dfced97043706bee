"""The tutorials from an empty folder: their files are written and their commands run in order, as they are printed.

Comparisons have two seeds of four epochs and the first two encodings instead of a budget, so what is shown of them is
the form alone; all else is compared with what comes out.
"""

import runpy
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mspe.ablation.compare import compare
from mspe.ablation.comparison import Comparison
from mspe.cli import main
from tests.console import Command, agrees_or_has_form, steps
from tests.documentation import PAGES

pytestmark = pytest.mark.slow

TUTORIALS = [page for page in PAGES if page.startswith("docs/tutorials/")]


def short(graphs: Any, encodings: Sequence[str], *, minutes: float | None = None, **options: Any) -> Comparison:
    """A comparison that takes seconds, whatever its budget."""
    options |= {"training": {"epochs": 4}, "confirm": {"seeds": 2}, "more": False, "jobs": 2}
    return compare(graphs, encodings[:2], **options)


def run(line: str) -> None:
    """Run a command, in this process where it is Python."""
    program, *arguments = shlex.split(line)
    if program == "mspe":
        assert main(arguments) == 0, line
    elif program == "python":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", arguments)
            runpy.run_path(arguments[0], run_name="__main__")
    else:
        print(subprocess.run(line, shell=True, check=True, capture_output=True, text=True).stdout, end="")


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_works_as_it_is_printed(
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mspe.ablation.compare.compare", short)
    done = 0
    for step in steps(PAGES[page]):
        if not isinstance(step, Command):
            Path(step[0]).write_text(step[1], encoding="utf-8")
            continue
        run(step.line)
        printed = capsys.readouterr().out
        assert agrees_or_has_form(step.shown, printed.splitlines()), f"$ {step.line}\ngave:\n{printed}"
        done += 1
    assert done
