"""Processes that fork for each command: one that is killed is replaced, and a stop reaches what runs."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from threading import Thread

import pytest

from mspe.ablation.processes import Processes, WarmPython

ALARM = "import os, signal, sys; signal.alarm(60)\n"
"""One that would wait for ever fails the test instead."""


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """One for all tests, since it takes seconds to begin."""
    found = Processes()
    with chdir(tmp_path_factory.mktemp("modules")):  # where they are found
        yield found
        found.close()


def module(code: str, *arguments: object) -> list[str]:
    """A module of this code, and its arguments."""
    name = f"job_{abs(hash(code))}"
    Path(f"{name}.py").write_text(ALARM + code)
    return [name, *map(str, arguments)]


def command(code: str) -> list[str]:
    return [sys.executable, "-m", *module(code)]


def test_after_a_kill_of_all_another_process_takes_over(processes: Processes) -> None:
    status, _ = processes.run(command("os.kill(os.getppid(), signal.SIGKILL)"))
    assert status == -9
    assert processes.run(command("print('again')")) == (0, "again\n")


def test_a_process_that_cannot_begin_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mspe").mkdir()
    (tmp_path / "mspe/__init__.py").write_text("raise ImportError('broken')")
    python = WarmPython()
    status, output = python.run(["json.tool"])
    python.close()
    assert status == 1 and "broken" in output


def test_a_stop_interrupts_what_runs_and_begins_nothing_else(processes: Processes) -> None:
    """The module saves its state, as a training does; it says by a named pipe that it runs."""
    os.mkfifo("pipe")
    code = (
        "try:\n    open('pipe', 'w').close()\n    while True: signal.pause()\n"
        "except KeyboardInterrupt: open('saved', 'w').close(); sys.exit(130)\n"
    )
    found: list[tuple[int, str]] = []
    thread = Thread(target=lambda: found.append(processes.run(command(code))))
    thread.start()
    Path("pipe").open().close()
    processes.stop()
    thread.join()
    assert found == [(130, "")] and Path("saved").exists()
    assert processes.run(command("open('begun', 'w')")) == (-signal.SIGINT, "") and not Path("begun").exists()
