"""Processes side by side: one that fails does not stop the others, and a signal stops all of them."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from mspe.ablation.launch import call, launch
from mspe.ablation.records import FailedRun, read_run
from mspe.ablation.study import Run, Study
from mspe.common.errors import InterruptionError, MspeError
from mspe.dataset import UnsplitDataset

RUNS = [Run("confirm", "none", seed) for seed in range(6)]
ALARM = "import os, signal, sys; signal.alarm(60); "
"""A process that would wait for ever fails the test instead."""
WAIT = ALARM + (
    "folder, number = sys.argv[1:]\n"
    "def save(*_):\n"
    "    open(f'{folder}/{number}.saved', 'w').close()\n"
    "    sys.exit('stopped')\n"
    "signal.signal(signal.SIGINT, save)\n"
    "open(f'{folder}/{number}', 'w').close()\n"  # a named pipe: until someone reads it
    "while True: signal.pause()\n"
)
"""Says that it is there, and saves its state once it is stopped."""


@pytest.fixture(scope="module")
def study(csl: UnsplitDataset, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return Study.begin(tmp_path_factory.mktemp("study"), csl)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Run], list[str]]], None]:
    """Let a script, with its arguments, stand for a run."""

    def set_script(script: Callable[[Run], list[str]]) -> None:
        monkeypatch.setattr("mspe.ablation.launch._command", lambda study, run: command(*script(run)))

    return set_script


@pytest.fixture
def pipes(tmp_path: Path) -> list[Path]:
    """Named pipes, one for each run, by which two processes wait for each other."""
    paths = [tmp_path / str(run.seed) for run in RUNS]
    for path in paths:
        os.mkfifo(path)
    return paths


def command(script: str, *arguments: object) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", script, *map(str, arguments)]


def interrupt(pipes: list[Path], number: signal.Signals) -> Thread:
    """Send a signal to this process as soon as something has been opened at the other end of each pipe."""

    def watch() -> None:
        for pipe in pipes:
            pipe.open().close()
        os.kill(os.getpid(), number)

    thread = Thread(target=watch, daemon=True)
    thread.start()
    return thread


def test_one_that_fails_leaves_why_and_the_others_go_on(
    study: Study, scripted: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    fails = "print('epoch 1', flush=True); sys.exit('error: the loss is nan')"
    succeeds = "print('done'); open(sys.argv[1], 'w').close()"
    marker = study.folder / "marker"
    scripted(lambda run: [f"import sys; {fails if run.seed < 2 else succeeds}", f"{marker}{run.seed}"])
    with caplog.at_level("INFO"):
        launch(study, RUNS[:4], jobs=1)
    for run in RUNS[:2]:
        folder = study.run_folder(run)
        assert (folder / "failed.txt").read_text() == "the loss is nan\n"
        assert (folder / "output.txt").read_text() == "epoch 1\nerror: the loss is nan\n"
        assert read_run(study, run) == FailedRun(run, "the loss is nan")
    for run in RUNS[2:4]:
        assert Path(f"{marker}{run.seed}").exists() and not study.run_folder(run).exists()
    assert "1/4  confirm: none, seed 0: FAILED: the loss is nan" in caplog.text
    assert "4/4  confirm: none, seed 3: finished" in caplog.text


def test_a_later_success_removes_what_a_failure_left(study: Study, scripted: Callable[..., None]) -> None:
    scripted(lambda run: ["raise SystemExit('error: no memory')"])
    launch(study, RUNS[:1], jobs=1)
    assert {path.name for path in study.run_folder(RUNS[0]).iterdir()} == {"failed.txt", "output.txt"}
    scripted(lambda run: ["pass"])
    launch(study, RUNS[:1], jobs=1)
    assert list(study.run_folder(RUNS[0]).iterdir()) == []


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("print('epoch 1'); print(); raise SystemExit(3)", "exit status 3: epoch 1"),
        ("raise SystemExit(3)", "exit status 3: nothing was printed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "exit status -9: nothing was printed"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\n'); raise SystemExit(1)", "exit status 1: \ufffd"),
        ("raise KeyError('y')", "exit status 1: KeyError: 'y'"),
    ],
)
def test_one_that_ends_without_an_error_of_its_own_is_told_by_its_last_line(
    study: Study, scripted: Callable[..., None], script: str, reason: str
) -> None:
    scripted(lambda run: [script])
    launch(study, RUNS[:1], jobs=1)
    assert (study.run_folder(RUNS[0]) / "failed.txt").read_text() == f"{reason}\n"


def test_so_many_run_at_a_time_as_there_are_jobs(
    study: Study, scripted: Callable[..., None], pipes: list[Path], tmp_path: Path
) -> None:
    """Every run of an even seed waits for the next one; a log of beginnings and ends never has more than two open."""
    log = tmp_path / "log"
    meet = ALARM + (
        "log, pipe, mode = sys.argv[1:]\n"
        "def note(sign): os.write(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), sign)\n"
        "note(b'+'); open(pipe, mode).close(); note(b'-')\n"
    )
    scripted(lambda run: [meet, log, pipes[run.seed // 2], "wr"[run.seed % 2]])
    launch(study, RUNS, jobs=2)
    signs = [1 if sign == "+" else -1 for sign in log.read_text()]
    under_way = [sum(signs[: count + 1]) for count in range(len(signs))]
    assert len(signs) == 12 and max(under_way) == 2 and under_way[-1] == 0
    assert not any((study.run_folder(run) / "failed.txt").exists() for run in RUNS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_and_nothing_else_is_begun(
    study: Study, scripted: Callable[..., None], pipes: list[Path], tmp_path: Path, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    scripted(lambda run: [WAIT, tmp_path, run.seed])
    watcher = interrupt(pipes[:2], number)
    with pytest.raises(InterruptionError, match=f"stopped by {number.name}; run the same command to resume") as error:
        launch(study, RUNS, jobs=2)
    watcher.join()
    assert error.value.exit_status == 128 + number
    assert {path.name for path in tmp_path.glob("*.saved")} == {"0.saved", "1.saved"}
    assert not any((study.run_folder(run) / "failed.txt").exists() for run in RUNS)
    assert signal.getsignal(number) is before


def test_calls_whose_commands_succeed_return(tmp_path: Path) -> None:
    script = "import sys; open(sys.argv[1], 'w').close()"
    call({name: command(script, tmp_path / name) for name in "abc"}, jobs=2)
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b", "c"}


def test_a_call_raises_the_commands_error_and_stops_the_others(pipes: list[Path], tmp_path: Path) -> None:
    fails = ALARM + "open(sys.argv[1]).close(); sys.exit('error: a batch does not fit into memory')"
    with pytest.raises(MspeError) as error:
        call({"none": command(WAIT, tmp_path, 0), "all": command(fails, pipes[0]), "later": command("pass")}, jobs=2)
    assert str(error.value) == "all: a batch does not fit into memory"
    assert (tmp_path / "0.saved").exists()


def test_a_signal_stops_a_call(pipes: list[Path], tmp_path: Path) -> None:
    watcher = interrupt(pipes[:1], signal.SIGINT)
    with pytest.raises(InterruptionError, match="stopped by SIGINT"):
        call({"none": command(WAIT, tmp_path, 0)}, jobs=1)
    watcher.join()
    assert (tmp_path / "0.saved").exists()
