"""The everyday commands of docs/pipeline.md, run in the order in which they are printed, print what is shown."""

import re

import pytest

from tests.console import INTERRUPTION, Run, check, commands, run
from tests.documentation import PAGES
from tests.workspace import TINY, Workspace

pytestmark = pytest.mark.slow


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
    sections = dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", PAGES["docs/pipeline.md"], flags=re.MULTILINE))
    return [run(command, workspace) for command in commands(sections["Every day"] + sections["Reference recipes"])]


def test_every_command_of_the_section_gives_what_is_shown(runs: list[Run]) -> None:
    assert len(runs) > 10
    for done in runs:
        check(done)


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
    row = next(row for row in rows if row[:2] == ["metrics/scores.json", "test.mae.mean"])
    old, new, change = map(float, row[2:])
    assert old != new and change == pytest.approx(new - old, abs=2e-5)
    page = (workspace.folder / "dvc_plots" / "index.html").read_text()
    for revision in ("HEAD~1", "HEAD"):
        assert f'"rev": "{revision}"' in page
