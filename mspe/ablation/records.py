"""What each run of the ablation left in its folder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

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

RUNS = Path("data/ablation/runs")

_COLUMNS = {"curve.csv": CURVE_COLUMNS, "predictions.csv": ("index", "target", "prediction")}
"""Columns that a table of this name must have."""

Tables = dict[str, dict[int, dict[str, list[float]]]]
"""Columns by variant and seed."""


_Summed = Literal["curve.csv", "predictions.csv", "cost.json"]  # the last of earlier versions


class RunResult(Section, extra="ignore"):
    """Of `result.json`, what the report reads."""

    split: str
    metric: str
    minimized: bool
    task_type: TaskType
    target_level: TargetLevel
    loss: str
    score: float | None
    """The metric on the split; None where it is not defined."""
    parameters: int
    gates: dict[str, dict[str, float]]
    """By place, `node` or `pair`, the weight of every channel."""
    files: dict[_Summed, str] = Field(default_factory=dict)
    """Checksums of the run's other files that the report reads; none of a run that was made before."""

    @property
    def task(self) -> Task:
        """Task that was predicted."""
        return find_task(self.task_type, self.loss, self.metric, self.target_level)


class RunCost(Section, extra="ignore"):
    """Of `cost.json`, what the report reads."""

    variant: str | None = None
    seed: int | None = None
    """Of the run; None of one that was made before."""
    encode_seconds: float
    epoch_seconds: float | None
    """None where an earlier version resumed the run after its last epoch."""
    peak_memory_mb: float
    environment: Tuple[str]


@dataclass(frozen=True)
class Run:
    """A variant and a seed."""

    variant: str
    seed: int


@dataclass(frozen=True)
class FinishedRun(Run):
    """A run that has a score."""

    score: float
    result: RunResult
    cost: RunCost


@dataclass(frozen=True)
class FailedRun(Run):
    """A run that has none, and why."""

    reason: str


@dataclass(frozen=True)
class MissingRun(Run):
    """A run that has not been started, or has not ended."""


def read_runs(folder: str | Path, variants: Iterable[str], seeds: Sequence[int]) -> list[Run]:
    """Read the runs of all variants and seeds, in this order.

    Parameters
    ----------
    folder
        Holds `<variant>/<seed>/`. With `result.json` there the run has ended; with `failed.txt`, whose first line says
        why, it has failed; with neither it is missing. A run whose score is not defined counts as failed.
    variants, seeds
        Which to read; others are left alone.

    Raises
    ------
    MspeError
        If a record is damaged.
    """
    return [_read_run(folder, variant, seed) for variant in variants for seed in seeds]


def _read_run(folder: str | Path, variant: str, seed: int) -> Run:
    path = run_folder(variant, seed, folder)
    if (path / "result.json").exists():
        result = _read_record(RunResult, path / "result.json")
        if result.score is None:
            return FailedRun(variant, seed, f"{result.metric} is not defined on the {result.split} split")
        for name, written in result.files.items():
            _verify(path / name, written)
        return FinishedRun(variant, seed, result.score, result, _read_cost(path / "cost.json", variant, seed))
    if (path / "failed.txt").exists():
        refuse_special(path / "failed.txt")
        reason, *_ = (path / "failed.txt").read_text(encoding="utf-8", errors="replace").splitlines() or [
            "no reason given"
        ]
        return FailedRun(variant, seed, reason)
    return MissingRun(variant, seed)


def _verify(path: Path, written: str) -> None:
    if path.is_file() and file_checksum(path) != written:  # a missing one is refused where it is read
        raise _damaged(path, MspeError("damaged, or edited by hand: result.json tells another checksum"))


def _read_cost(path: Path, variant: str, seed: int) -> RunCost:
    cost = _read_record(RunCost, path)
    if (cost.variant or variant, seed if cost.seed is None else cost.seed) != (variant, seed):
        raise _damaged(path, MspeError(f"of another run, {shown(cost.variant)} with seed {cost.seed}"))
    return cost


def run_folder(variant: str, seed: int, folder: str | Path = RUNS) -> Path:
    """Folder that a run writes to, and nothing else does."""
    return Path(folder, variant, str(seed))


def _read_record(schema: type[SectionType], path: Path) -> SectionType:
    try:
        return validate(schema, read_json(path), str(path))
    except MspeError as error:
        raise _damaged(path, error) from None


def read_tables(folder: str | Path, runs: Iterable[Run], name: str) -> Tables:
    """Read the table of this name that every finished run wrote.

    Raises
    ------
    MspeError
        If one is missing or damaged.
    """
    tables: Tables = {}
    for run in runs:
        if isinstance(run, FinishedRun):
            path = run_folder(run.variant, run.seed, folder) / name
            tables.setdefault(run.variant, {})[run.seed] = _read_table(path)
    return tables


def _read_table(path: Path) -> dict[str, list[float]]:
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
    return MspeError(f"{path}: {reason}; remove {path.parent} and run `python -m mspe.ablation` again")
