"""The everyday commands of docs/pipeline.md, run in the order in which they are printed, print what is shown."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from tests.documentation import PAGES
from tests.workspace import TINY, Workspace

pytestmark = pytest.mark.slow

LEFT_OUT = "…"
INTERRUPTION = "^C"


@dataclass(frozen=True)
class Command:
    """A command as it is printed, with the lines that are shown below it."""

    line: str
    shown: list[str]

    @property
    def fails(self) -> bool:
        """Whether what is shown ends in an error: a mistake of the user's, or an interruption."""
        return any(line.startswith("error:") or line == INTERRUPTION for line in self.shown)


@dataclass(frozen=True)
class Run:
    """What a command gave."""

    command: Command
    status: int
    output: list[str]


def commands(text: str) -> Iterator[Command]:
    """The commands of the console blocks of the sections "Every day" and "Reference recipes"."""
    sections = dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", text, flags=re.MULTILINE))
    everyday = sections["Every day"] + sections["Reference recipes"]
    for block in re.findall(r"```console\n(.*?)```", everyday, flags=re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, *shown = entry.splitlines()
            yield Command(line, shown)


def stable(line: str) -> str:
    """A line without what differs from run to run: names of experiments, hashes and numbers.

    Examples
    --------
    >>> stable("epoch 4/25  train loss 0.5715  lr 2.98e-04"), stable("  ├── 22fcf2d [famed-play]    0.81869")
    ('epoch 0/0 train loss 0 lr 0', '├─ HASH [NAME] 0')
    """
    for pattern, placeholder in (
        (r"─+", "─"),
        (r"─ [0-9a-f]{7}\b", "─ HASH"),
        (r"\b[a-z]+-[a-z]+\b", "NAME"),
        (r"-?\d+(\.\d+)?(e[-+]?\d+)?", "0"),
    ):
        line = re.sub(pattern, placeholder, line)
    return " ".join(line.split())


def agrees(shown: Sequence[str], output: Sequence[str]) -> bool:
    """Whether the lines shown are the output, where `…` stands for any number of lines, and inside a line for a part.

    Examples
    --------
    >>> agrees(["a", "…", "in … 1"], ["a", "b", "b", "in c 2"]), agrees(["a"], ["a", "b"]), agrees(["…", "b"], ["a"])
    (True, False, False)
    """
    patterns = [re.escape(stable(line)).replace(LEFT_OUT, ".*") for line in shown]
    pattern = "".join(r"(.*\n)*?" if line == ".*" else rf"{line}\n" for line in patterns)
    return re.fullmatch(pattern, "".join(f"{stable(line)}\n" for line in output)) is not None


def run(command: Command, workspace: Workspace) -> Run:
    """Run a command; where `^C` is shown, interrupt it after the line that is shown above."""
    last = None
    if INTERRUPTION in command.shown:
        last = stable(command.shown[command.shown.index(INTERRUPTION) - 1])
    process = subprocess.Popen(
        ["bash", "-c", command.line], cwd=workspace.folder, env=workspace.environment, text=True,
        start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    output = []
    for line in process.stdout:
        output.append(line.rstrip("\n"))
        if last is not None and stable(line) == last:
            output.append(INTERRUPTION)
            os.killpg(process.pid, signal.SIGINT)
            last = None
    process.stdout.close()
    return Run(command, process.wait(), output)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A clone in which the pipeline has run once, committed."""
    folder = tmp_path_factory.mktemp("readme") / "clone"
    folder.mkdir()
    workspace = Workspace(folder)
    workspace.run("git", "branch", "--move", "main")
    changes = TINY | {"training.epochs": 40, "runtime.threads": 1}  # long enough to be interrupted
    workspace.set_params(*(f"{name}={value}" for name, value in changes.items()))
    workspace.run("dvc", "repro")
    workspace.commit("first run")
    return workspace


@pytest.fixture(scope="module")
def runs(workspace: Workspace) -> list[Run]:
    """Every command of the section, run."""
    return [run(command, workspace) for command in commands(PAGES["docs/pipeline.md"])]


def test_every_command_of_the_section_gives_what_is_shown(runs: list[Run]) -> None:
    assert len(runs) > 10
    for done in runs:
        shown, output = "\n".join(done.command.shown), "\n".join(done.output)
        assert (done.status != 0) == done.command.fails, f"$ {done.command.line}\ngave {done.status}:\n{output}"
        assert agrees(done.command.shown, done.output), f"$ {done.command.line}\nshown:\n{shown}\ngave:\n{output}"


def test_an_interrupted_run_goes_on_where_it_stopped(runs: list[Run]) -> None:
    interrupted = next(number for number, done in enumerate(runs) if INTERRUPTION in done.output)
    stopped = re.search(r"stopped by SIGINT (in|after) epoch (\d+)", "\n".join(runs[interrupted].output))
    resumed = re.search(r"resumed after epoch (\d+)", "\n".join(runs[interrupted + 1].output))
    assert stopped is not None and resumed is not None
    assert int(resumed[1]) == int(stopped[2]) - (stopped[1] == "in")
    assert runs[interrupted].command.line == runs[interrupted + 1].command.line


def test_metrics_and_plots_of_two_commits_show_what_has_changed(runs: list[Run], workspace: Workspace) -> None:
    done = next(done for done in runs if done.command.line == "dvc metrics diff HEAD~1 HEAD")
    rows = [line.split() for line in done.output]
    row = next(row for row in rows if row[:2] == ["metrics/summary.json", "test.mae.mean"])
    old, new, change = map(float, row[2:])
    assert old != new and change == pytest.approx(new - old, abs=2e-5)
    page = (workspace.folder / "dvc_plots" / "index.html").read_text()
    for revision in ("HEAD~1", "HEAD"):
        assert f'"rev": "{revision}"' in page
