"""The tasks of docs/first_steps.md, in an empty folder with the wheel: what is shown is what comes out.

`pytest -s` prints the seconds of a processor that each has taken.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.console import INTERRUPTION, Command, agrees_or_has_form, check, run, steps
from tests.documentation import PAGES
from tests.wheel import build_wheel
from tests.workspace import clean_environment

PAGE = PAGES["docs/first_steps.md"]


@dataclass(frozen=True)
class Newcomer:
    """An empty folder, and the package where the wheel is unpacked."""

    folder: Path
    package: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the commands."""
        return {**clean_environment(), "PYTHONPATH": str(self.package)}


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    for name in ("build", "package", "folder"):
        (tmp_path / name).mkdir()
    build_wheel(tmp_path / "build").extractall(tmp_path / "package")
    return Newcomer(tmp_path / "folder", tmp_path / "package")


def tasks() -> Iterator[tuple[str, str]]:
    """Heads and texts of the sections, what stands before the first one included."""
    head = "preparation"
    for number, part in enumerate(re.split(r"^## (.*)\n", PAGE, flags=re.MULTILINE)):
        if number % 2:
            head = part
        else:
            yield head, part


def processor_seconds() -> float:
    """Of all processes that have been waited for."""
    spent = os.times()
    return spent.children_user + spent.children_system


@pytest.mark.slow
def test_every_task_gives_what_is_shown(newcomer: Newcomer) -> None:
    shown = f"{newcomer.package}/mspe/__init__.py"
    check(run(Command("python -c 'import mspe; print(mspe.__file__)'", [shown]), newcomer))
    runs = []
    for head, text in tasks():
        start = processor_seconds()
        for step in steps(text):
            if isinstance(step, Command):
                runs.append(run(step, newcomer))
                check(runs[-1], agrees_or_has_form)
            else:
                (newcomer.folder / step[0]).write_text(step[1], encoding="utf-8")
        print(f"{head}: {processor_seconds() - start:.0f} s")
    interrupted = next(number for number, done in enumerate(runs) if INTERRUPTION in done.output)
    kept = re.search(r"confirm: (\d+) of 6 runs are done", "\n".join(runs[interrupted + 1].output))
    assert kept is not None and int(kept[1]) > 0


def test_every_task_has_its_time() -> None:
    heads = [head for head, _ in tasks()][1:]
    rows = re.findall(r"^\| \[(.*)\]\(#(\d+)-\S+\) \| (\d+) \|$", PAGE, flags=re.MULTILINE)
    assert [f"{number}. {name}" for name, number, _ in rows] == heads and len(heads) == 10
    assert all(int(seconds) < 120 for *_, seconds in rows)
