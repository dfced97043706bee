"""Modules that are run by forks of one process: as anew, but for their start."""

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
    """The command of a module of this code."""
    name = f"job_{abs(hash(code))}"
    Path(f"{name}.py").write_text(ALARM + code)
    return [sys.executable, "-m", name, *map(str, arguments)]


@pytest.mark.parametrize(
    ("code", "status", "output"),
    [
        ("print(sys.argv[1:], __name__)", 0, "['a', 'b c'] __main__\n"),
        ("print('out'); sys.stdout.flush(); print('err', file=sys.stderr)", 0, "out\nerr\n"),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('error: no memory')", 1, "error: no memory\n"),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9, ""),
        ("sys.stdout.buffer.write(bytes([255])); sys.exit(2)", 2, "\ufffd"),
        ("print(sys.stdin.read() == '', os.getsid(0) == os.getpid())", 0, "True False\n"),
    ],
)
def test_a_module_ends_and_prints_as_by_itself(processes: Processes, code: str, status: int, output: str) -> None:
    assert processes.run(module(code, "a", "b c")) == (status, output)


def test_an_exception_is_printed_as_python_does(processes: Processes) -> None:
    status, output = processes.run(module("raise KeyError('y')"))
    assert status == 1 and output.startswith("Traceback") and output.rstrip().endswith("KeyError: 'y'")


def test_a_module_that_is_missing_is_named(processes: Processes) -> None:
    status, output = processes.run([sys.executable, "-m", "no_such_module"])
    assert status == 1 and "No module named no_such_module" in output


def test_one_process_forks_for_all_and_none_sees_what_another_has_set(processes: Processes) -> None:
    code = "import mspe, torch; print(os.getppid(), hasattr(mspe, 'mark'), torch.initial_seed()); mspe.mark = 1"
    code += "; torch.manual_seed(7)"
    first, second = processes.run(module(code)), processes.run(module(code))
    assert first[0] == 0 and first[1].split()[1] == "False" and first == second


def test_what_is_imported_already_is_what_a_run_needs(processes: Processes) -> None:
    code = "print('torch' in sys.modules, 'mspe.pipeline.training' in sys.modules, 'rdkit' in sys.modules)"
    assert processes.run(module(code)) == (0, "True True False\n")
    assert processes.run(module("import torch; print(torch.get_num_threads())")) == (0, "1\n")


def test_after_a_kill_of_all_another_process_takes_over(processes: Processes) -> None:
    status, _ = processes.run(module("os.kill(os.getppid(), signal.SIGKILL)"))
    assert status == -9
    assert processes.run(module("print('again')")) == (0, "again\n")


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
    thread = Thread(target=lambda: found.append(processes.run(module(code))))
    thread.start()
    Path("pipe").open().close()
    processes.stop()
    thread.join()
    assert found == [(130, "")] and Path("saved").exists()
    assert processes.run(module("open('begun', 'w')")) == (-signal.SIGINT, "") and not Path("begun").exists()
