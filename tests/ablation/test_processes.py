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


def test_processes_side_by_side_see_a_device_each_in_turn(tmp_path: Path) -> None:
    """Eight of four devices at a time, which wait for each other: two see the same."""
    processes, devices = Processes(devices=["0", "1", "2", "GPU-7"]), [tmp_path / str(number) for number in range(8)]
    script = (
        ALARM + "import time\nfile, folder = sys.argv[1:]\n"
        "open(file, 'w').write(os.environ['CUDA_VISIBLE_DEVICES'])\n"
        "while len(os.listdir(folder)) < 8: time.sleep(0.01)\n"
    )
    commands = [[sys.executable, "-I", "-S", "-c", script, str(file), str(tmp_path)] for file in devices]
    with processes.executor(8) as pool:
        futures = [pool.submit(processes.run, command) for command in commands]
        assert [processes.outcome(future)[0] for future in futures] == [0] * 8
    assert sorted(file.read_text() for file in devices) == ["0", "0", "1", "1", "2", "2", "GPU-7", "GPU-7"]
    again = [sys.executable, "-I", "-S", "-c", "import os; print(os.environ['CUDA_VISIBLE_DEVICES'])"]
    assert [processes.run(again) for _ in range(2)] == [(0, "0\n")] * 2  # the first that is free


def test_forks_see_the_device_of_their_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    python = WarmPython(device="3")
    assert python.run(module("print(os.environ['CUDA_VISIBLE_DEVICES'])")) == (0, "3\n")
    python.close()


def test_a_command_whose_caller_was_killed_saves_its_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for its answer any more: the other end of its process's input is gone."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    code = (
        "try:\n    open('pipe', 'w').close()\n    while True: signal.pause()\n"
        "except KeyboardInterrupt: open('saved', 'w').close(); sys.exit(130)\n"
    )
    python, found = WarmPython(), []
    thread = Thread(target=lambda: found.append(python.run(module(code))))
    thread.start()
    Path("pipe").open().close()
    assert python.process.stdin is not None
    python.process.stdin.close()
    thread.join()
    python.close()
    assert found == [(130, "")] and Path("saved").exists()


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
