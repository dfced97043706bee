"""What each run of a comparison left in its folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mspe.ablation.study import Run, Study
from mspe.common.checksums import file_checksum
from mspe.common.csv_files import read_csv
from mspe.common.errors import MspeError
from mspe.common.json_files import read_json
from mspe.common.section import Section, SectionType, Tuple, validate
from mspe.common.shown import shown
from mspe.common.unpacking import refuse_special
from mspe.graphs import TargetLevel, TaskType
from mspe.pipeline.summary import CURVE_COLUMNS
from mspe.tasks import Task, find_task

_COLUMNS = {"curve.csv": CURVE_COLUMNS, "predictions.csv": ("index", "target", "prediction")}
"""Columns that a table of this name must have."""

Table = dict[str, list[float]]

_Summed = Literal["curve.csv", "predictions.csv"]


class RunResult(Section, extra="ignore"):
    """Of `result.json`, what the report reads."""

    round: str
    variant: str
    seed: int
    identity: str
    """Key of everything that decided it."""
    split: str
    metric: str
    minimized: bool
    task_type: TaskType
    target_level: TargetLevel
    loss: str
    score: float | None
    """The metric on the split; None where it is not defined."""
    parameters: int
    files: dict[_Summed, str]
    """Checksums of the run's other files that the report reads."""

    @property
    def task(self) -> Task:
        """Task that was predicted."""
        return find_task(self.task_type, self.loss, self.metric, self.target_level)


class RunCost(Section, extra="ignore"):
    """Of `cost.json`, what the report reads."""

    round: str
    variant: str
    seed: int
    seconds: float
    encode_seconds: float
    epoch_seconds: float | None
    """None of a run that had no epoch left."""
    peak_memory_mb: float
    multiply_adds: int | None = None
    """None of a run of an earlier version."""
    environment: Tuple[str]


@dataclass(frozen=True)
class FinishedRun:
    """A run that has a score."""

    run: Run
    score: float
    result: RunResult
    cost: RunCost


@dataclass(frozen=True)
class FailedRun:
    """A run that has none, and why."""

    run: Run
    reason: str


@dataclass(frozen=True)
class MissingRun:
    """A run that has not been made, or of other data, parameters or code than now."""

    run: Run


Record = FinishedRun | FailedRun | MissingRun


def read_run(study: Study, run: Run) -> Record:
    """Read what a run has left.

    With `result.json` of what decides the run now, it has ended; with `failed.txt`, whose first line says why, it has
    failed; with neither it is missing. A run whose score is not defined counts as failed.

    Raises
    ------
    MspeError
        If a record is damaged.
    """
    path = study.run_folder(run)
    if is_done(study, run):
        result = _read_record(RunResult, path / "result.json")
        _check_named(path / "result.json", result, run)
        if result.score is None:
            return FailedRun(run, f"{result.metric} is not defined on the {result.split} split")
        for name, written in result.files.items():
            _verify(path / name, written)
        cost = _read_record(RunCost, path / "cost.json")
        _check_named(path / "cost.json", cost, run)
        return FinishedRun(run, result.score, result, cost)
    if (path / "failed.txt").exists():
        refuse_special(path / "failed.txt")
        reason, *_ = (path / "failed.txt").read_text(encoding="utf-8", errors="replace").splitlines() or [
            "no reason given"
        ]
        return FailedRun(run, reason)
    return MissingRun(run)


def is_done(study: Study, run: Run) -> bool:
    """Return whether a run has ended, with the data, parameters and code of now.

    Raises
    ------
    MspeError
        If its record is damaged.
    """
    path = study.run_folder(run) / "result.json"
    return path.exists() and _read_record(RunResult, path).identity == study.identity(run)


def _check_named(path: Path, record: RunResult | RunCost, run: Run) -> None:
    if (record.round, record.variant, record.seed) != (run.round, run.variant, run.seed):
        other = f"{shown(record.round)}, {shown(record.variant)} with seed {record.seed}"
        raise _damaged(path, MspeError(f"of another run, {other}"))


def _verify(path: Path, written: str) -> None:
    if path.is_file() and file_checksum(path) != written:  # a missing one is refused where it is read
        raise _damaged(path, MspeError("damaged, or edited by hand: result.json tells another checksum"))


def _read_record(schema: type[SectionType], path: Path) -> SectionType:
    try:
        return validate(schema, read_json(path), str(path))
    except MspeError as error:
        raise _damaged(path, error) from None


def read_table(study: Study, run: Run, name: str) -> Table:
    """Read the table of this name that a finished run wrote.

    Raises
    ------
    MspeError
        If it is missing or damaged.
    """
    path = study.run_folder(run) / name
    try:
        table = read_csv(path, _COLUMNS.get(path.name, ()))
        if "index" in table and not _counts_up(table["index"]):
            raise MspeError("index: damaged, expected 0, 1, 2, … with equally many rows each")
        return table
    except MspeError as error:
        raise _damaged(path, error) from None


def _counts_up(index: Sequence[float]) -> bool:
    rows_each = len(index) // len(set(index))
    return all(number == row // rows_each for row, number in enumerate(index))


def _damaged(path: Path, error: Exception) -> MspeError:
    reason = str(error).removeprefix(f"{path}: ").split("; ")[0]
    return MspeError(f"{path}: {reason}; remove {path.parent} and run the same command again")
