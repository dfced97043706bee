"""Where the state of a run lies."""

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mspe.common import resume
from mspe.common.errors import MspeError
from mspe.common.resume import discard, hold, resume_folder
from tests.conftest import ROOT


def test_a_runs_state_is_named_by_settings_data_and_code(tmp_path: object) -> None:
    file = tmp_path / "code.py"  # type: ignore[operator]
    file.write_text("1")
    folder = resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]
    assert folder == resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]
    assert folder != resume_folder({"lr": 2}, [tmp_path])  # type: ignore[list-item]
    file.write_text("2")
    assert folder != resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]


def test_a_state_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    state = tmp_path / "run" / "state.pt"
    for _ in range(2):
        with (
            hold(state),
            pytest.raises(MspeError, match=r"state\.pt: another process is on this run; wait"),
            hold(state),
        ):
            pass


def test_another_process_can_be_waited_for(tmp_path: Path) -> None:
    """It holds the state until it is told to end, and has then written its result."""
    state, result = tmp_path / "run" / "state", tmp_path / "result"
    script = (
        "import sys; from pathlib import Path; from mspe.common.resume import hold\n"
        "with hold(Path(sys.argv[1])):\n"
        "    print('held', flush=True); sys.stdin.read(); Path(sys.argv[2]).touch()\n"
    )
    command = [sys.executable, "-c", script, str(state), str(result)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None and other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(MspeError, match="another process is on this run"), hold(state):
            pass
        other.stdin.close()
        with hold(state, wait=True):
            assert result.exists()


def test_a_finished_runs_state_goes_whatever_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "run").mkdir()
    remove = resume.remove_directory

    def interrupted(path: Path) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        remove(path)

    monkeypatch.setattr(resume, "remove_directory", interrupted)
    discard(tmp_path / "run")
    assert not list(tmp_path.iterdir()) and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN

    def refused(path: Path) -> None:
        raise MspeError(f"cannot write {path}")

    monkeypatch.setattr(resume, "remove_directory", refused)
    with caplog.at_level(logging.WARNING):
        discard(tmp_path / "run")
    assert "remove it by hand" in caplog.text
