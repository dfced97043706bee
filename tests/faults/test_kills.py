"""A stage that is killed, or refused an operation on a file, anywhere: run again, it ends as if nothing had been.

Where `MSPE_FAULTS` is `full` every operation of every stage is tried; else some of each, spread evenly, at other places
for a kill, Ctrl-C and a full disk, of which the last two take half as many.
"""

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pytest

from mspe.ablation import run as ablation_run
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.study import Run
from mspe.common.json_files import write_json
from stages import encode, evaluate, operators, preprocess, report, spectrum, train
from tests.ablation.fake_runs import begin, declared, read_csl
from tests.faults import FULL
from tests.faults.operations import Ended, interrupt, kill, refuse, run_in_child
from tests.pipeline import stages

EPOCHS = 2
STUDY = "data/ablation/study"
RUN = f"{STUDY}/runs/confirm/all/{CONFIRM_SEED}"
DISCARDS = re.compile(rf"os\.rename (\.mspe|{STUDY})/resume/\w+$")
"""The state of a finished run goes at once, by its name."""
COSTS = {"metrics/cost/0.json", f"{RUN}/cost.json"}


@dataclass(frozen=True)
class Stage:
    """A stage, what it writes, at how many of its operations it is killed, and whether DVC leaves its outputs."""

    main: Callable[[], None]
    outputs: tuple[str, ...]
    tried: int
    persists: bool = False


STAGES = {
    "preprocess": Stage(preprocess.main, ("data/graphs",), 1),
    "spectrum": Stage(spectrum.main, ("data/spectrum",), 1),
    "operators": Stage(operators.main, ("data/operators",), 2, persists=True),
    "encode": Stage(encode.main, ("data/encodings",), 2),
    "train": Stage(
        partial(train.main, 0),
        ("models/0/best.pt", "metrics/train/0.json", "metrics/cost/0.json", "metrics/curves/0.csv"),
        4,
    ),
    "evaluate": Stage(partial(evaluate.main, 0), ("metrics/test/0.json", "metrics/predictions/0.csv"), 1),
    "report": Stage(
        report.main,
        (
            *("metrics/summary.json", "metrics/scores.json", "metrics/learning_curve.csv"),
            *("metrics/error_by_size.csv", "metrics/channel_weights.csv"),
        ),
        1,
    ),
    "ablation run": Stage(partial(ablation_run.main, STUDY, Run("confirm", "all", CONFIRM_SEED)), (RUN,), 4),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every stage has been run, to be copied."""
    folder = tmp_path_factory.mktemp("finished")
    stages.prepare(folder)
    with chdir(folder):
        stages.change(runtime={"resume": True, "threads": 1}, training={"epochs": EPOCHS, "batch_size": 8}, seeds=[0])
        stages.change(encodings={"communicability": [1.0]})
        write_json("data/operators.json", {"operators": ["adjacency"]})
        ablation = declared(variants=["none", "all"], training={"epochs": EPOCHS})
        engine = begin(Path(STUDY), read_csl(), ablation)
        engine.study.write_variants("confirm", engine.variants)
    for stage in STAGES.values():
        ended = run_in_child(stage.main, folder, tmp_path_factory.mktemp("scratch"))
        assert ended.status == 0, ended.printed
    return folder


@pytest.fixture
def place(finished: Path, tmp_path: Path) -> Iterator[Callable[[Stage], Path]]:
    """Make a folder in which all but one stage have been run, as DVC leaves it before that stage."""

    def make(stage: Stage) -> Path:
        shutil.rmtree(tmp_path / "work", ignore_errors=True)
        return copy_before(stage, finished, tmp_path / "work")

    yield make
    shutil.rmtree(tmp_path / "work", ignore_errors=True)


def copy_before(stage: Stage, finished: Path, folder: Path) -> Path:
    """Copy the folder in which every stage has been run, as DVC leaves it before a stage."""
    shutil.copytree(finished, folder)
    remove_outputs(stage, folder)
    return folder


def remove_outputs(stage: Stage, folder: Path) -> None:
    """As DVC does before it runs a stage."""
    for output in stage.outputs:
        shutil.rmtree(folder / output, ignore_errors=True)
        (folder / output).unlink(missing_ok=True)


def content(stage: Stage, folder: Path) -> dict[str, bytes]:
    """Of what a stage wrote, costs aside."""
    paths = [path for output in stage.outputs for path in (folder / output, *(folder / output).rglob("*"))]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}
    assert all(any(name.startswith(output) for name in files) for output in stage.outputs)
    return {name: text for name, text in files.items() if name not in COSTS}


def leftovers(folder: Path) -> list[Path]:
    states = (*folder.glob(".mspe/resume/*"), *folder.glob(f"{STUDY}/resume/*"))
    return [*folder.rglob("*.partial"), *states]


@pytest.fixture(scope="module")
def undisturbed(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, ...]]:
    """The operations of a stage that is not stopped, which is run once for all the ways to stop it."""

    @cache
    def operations(name: str) -> tuple[str, ...]:
        folder = copy_before(STAGES[name], finished, tmp_path_factory.mktemp("undisturbed") / "work")
        return run_in_child(STAGES[name].main, folder, folder.parent).operations

    return operations


def chosen(count: int, tried: int, stop: Callable[[str], None]) -> list[int]:
    """Operations, from 1: all, or some that are spread evenly, at other places for each way to stop."""
    if FULL:
        return list(range(1, count + 1))
    place, tried = {kill: (0.5, tried), interrupt: (0.3, -(-tried // 2)), refuse: (0.7, -(-tried // 2))}[stop]
    return [round((number + place) * count / tried) for number in range(tried)]


def epochs_kept(before: tuple[str, ...], stopped: Ended) -> int:
    """By the states that were written; where a signal may have had one written within an epoch, by what was printed."""
    if stopped.status == 128 + signal.SIGINT:
        return stopped.printed.count("train loss")
    return sum(operation.startswith("os.rename") and ".state.pt." in operation for operation in before)


def check_run_again(
    stage: Stage, folder: Path, finished: Path, scratch: Path, before: tuple[str, ...], kept: int
) -> None:
    """See that a stage, run again, ends as one that was not stopped, and trains no epoch twice that was kept.

    `before` are the operations that were done when it was stopped, after `kept` epochs.
    """
    discarded = any(map(DISCARDS.match, before))
    if not stage.persists:
        remove_outputs(stage, folder)
    again = run_in_child(stage.main, folder, scratch)
    assert again.status == 0, again.printed
    assert content(stage, folder) == content(stage, finished)
    assert not leftovers(folder)
    if kept and not discarded:
        assert "resumed after epoch" in again.printed and again.printed.count("train loss") <= EPOCHS - kept


def ended_as_killed(stage: Stage, folder: Path, finished: Path, ended: Ended) -> None:
    assert ended.status == -signal.SIGKILL


def ended_as_interrupted(stage: Stage, folder: Path, finished: Path, ended: Ended) -> None:
    """With the status of a command that Ctrl-C has ended, and a line; or with all done, where it came too late."""
    if ended.status == 0:
        assert content(stage, folder) == content(stage, finished)
    else:
        assert ended.status == 128 + signal.SIGINT
        assert ended.printed.splitlines()[-1] == "130" and "stopped by SIGINT" in ended.printed


def ended_as_refused(stage: Stage, folder: Path, finished: Path, ended: Ended) -> None:
    """With one line that says so; or well, where it was a removal, or a file that no one asked for."""
    if ended.status == 0:
        assert content(stage, folder) == content(stage, finished)
    else:
        assert ended.status == 1
        assert ended.printed.splitlines()[-1].startswith("error: ") and "No space left on device" in ended.printed


ENDS = {kill: ended_as_killed, interrupt: ended_as_interrupted, refuse: ended_as_refused}


@pytest.mark.parametrize(
    "stop",
    [kill, pytest.param(interrupt, marks=pytest.mark.slow), pytest.param(refuse, marks=pytest.mark.slow)],
    ids=lambda stop: stop.__name__,
)
@pytest.mark.parametrize("name", STAGES)
def test_a_stage_stopped_at_an_operation_and_run_again_ends_as_an_undisturbed_one(
    name: str,
    stop: Callable[[str], None],
    undisturbed: Callable[[str], tuple[str, ...]],
    place: Callable[[Stage], Path],
    finished: Path,
    tmp_path: Path,
) -> None:
    stage, operations = STAGES[name], undisturbed(name)
    if not stage.persists:  # else each output is kept by itself, also where the stage is stopped after it
        check_that_outputs_come_before_the_state_goes(operations)
    count = len(operations)
    for number in chosen(count, stage.tried, stop):
        folder = place(stage)
        stopped = run_in_child(stage.main, folder, tmp_path, number, stop)
        print(f"{name}, {number} of {count}, {stopped.operations[number - 1]}: {stopped.status}\n{stopped.printed}")
        assert "Traceback" not in stopped.printed
        ENDS[stop](stage, folder, finished, stopped)
        done = tuple(one for place, one in enumerate(stopped.operations, 1) if place != number or stop is interrupt)
        check_run_again(stage, folder, finished, tmp_path, done, epochs_kept(done, stopped))


def check_that_outputs_come_before_the_state_goes(operations: tuple[str, ...]) -> None:
    """After it, there is none but of the state's own files, which have bare names in a folder that is removed."""
    gone = next((number for number, operation in enumerate(operations) if DISCARDS.match(operation)), len(operations))
    after = [operation.split()[1] for operation in operations[gone:]]
    assert all(path.startswith((".mspe/", f"{STUDY}/resume/")) or "/" not in path for path in after)
