"""What docs/how_to/several_machines.md says of a cluster: any process makes a run, and the comparison counts it."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.documentation import PAGES, files_of

PAGE = "docs/how_to/several_machines.md"


def until(process: subprocess.Popen[str], pattern: str) -> str:
    """The first line of a process's output that matches."""
    assert process.stdout is not None
    return next(line for line in process.stdout if re.search(pattern, line))


@pytest.mark.slow
def test_a_run_is_made_by_any_process_and_counted_as_done(tmp_path: Path) -> None:
    ((name, script),) = files_of(PAGE).items()
    (tmp_path / name).write_text(script.replace("folder=", "verbose=True, folder="), encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    for done in (0, 1):
        process = subprocess.Popen(
            [sys.executable, name], cwd=tmp_path, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert f"confirm: {done} of 6 runs are done" in until(process, r"confirm: \d+ of")
        process.send_signal(signal.SIGINT)
        process.communicate()
        if not done:
            assert "python -m mspe.ablation.run study confirm" in PAGES[PAGE]
            run = [sys.executable, "-m", "mspe.ablation.run", "study", "confirm", "rwse", "1001"]
            subprocess.run(run, cwd=tmp_path, env=environment, check=True, capture_output=True)
