"""A comparison's folder on real graphs, and runs in it with made-up numbers."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mspe.ablation.config import AblationParams
from mspe.ablation.declarations import expand_variants
from mspe.ablation.engine import Engine
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.probe import Timing, timing_path
from mspe.ablation.study import Run, Study
from mspe.ablation.variant import Variant
from mspe.common.checksums import file_checksum
from mspe.common.csv_files import write_csv
from mspe.common.errors import InterruptionError
from mspe.common.files import write_text
from mspe.common.json_files import write_sealed_json
from mspe.common.section import validate
from mspe.dataset import DatasetParams, UnsplitDataset, read_unsplit
from mspe.encodings import GraphStatistics

VALUES: dict[str, Any] = {
    "seeds": [0],
    "dataset": {"name": "csl"},
    "encodings": {"filters": {"walk": {"steps": [2, 4]}, "heat": {"times": [1.0]}}},
    "model": {"hidden_dim": 16, "num_layers": 1},
    "training": {"epochs": 4, "scheduler": {"warmup_epochs": 1}},
    "evaluation": {},
    "runtime": {},
}
DECLARATION: dict[str, Any] = {
    "baseline": "none",
    "variants": ["none", "rwse", "hkse", "lappe", "all"],
    "screen": {"seeds": 3},
    "confirm": {"best": 2, "seeds": 6},
    "parameter_tolerance": 0.5,
}
COST = {
    "seconds": 12.0,
    "encode_seconds": 0.5,
    "epoch_seconds": 3.0,
    "peak_memory_mb": 500,
    "environment": ["2 x CPU", "commit abc1234"],
}

Score = Callable[[Run], float]


def read_csl() -> UnsplitDataset:
    """150 graphs of 10 classes; every seed is another fold, or another draw of folds."""
    return read_unsplit(DatasetParams(name="csl"))


def declared(**changes: Any) -> AblationParams:
    values = {name: value for name, value in {**DECLARATION, **changes}.items() if value is not None}
    return validate(AblationParams, values, "test")


def expanded(study: Study, ablation: AblationParams) -> list[Variant]:
    statistics = GraphStatistics.of([study.graphs], int(study.graphs.num_nodes.max()))
    return expand_variants(ablation, VALUES, statistics, {})


def write_run(
    study: Study, run: Run, score: float | None, table: Mapping[str, list[float]] | None = None, **result: Any
) -> Path:
    """Write what a run with this score leaves: of classes, accuracy, unless `table` holds other predictions."""
    folder, part = study.run_folder(run), study.scored_part(run.round)
    samples = len(study.division(run.seed).positions[part])
    right = np.arange(samples) < round((score or 0.0) * samples)
    wrong_or_right = {"index": list(range(samples)), "target": [1] * samples, "prediction": right.astype(int).tolist()}
    write_csv(folder / "predictions.csv", table or wrong_or_right)
    write_csv(folder / "curve.csv", {"epoch": [1, 2], "train_loss": [2.0, 1.0], "val_loss": [2.0, 1.5]})
    named = {"round": run.round, "variant": run.variant, "seed": run.seed}
    task = {"task_type": "classification", "target_level": "graph", "loss": "cross_entropy"}
    content = {
        **named,
        "identity": study.identity(run),
        **{"split": part, "metric": "accuracy", "minimized": False, "parameters": 1000},
        **task,
        "score": score,
        "files": {name: file_checksum(folder / name) for name in ("curve.csv", "predictions.csv")},
        **result,
    }
    write_sealed_json(folder / "cost.json", {**named, **COST})
    write_sealed_json(folder / "result.json", content)
    return folder


@dataclass
class Launcher:
    """Stands for the processes that train: it writes runs with scores that are known.

    Attributes
    ----------
    score
        Of a run.
    fails
        Variants whose runs fail.
    stops_after
        Runs after which Ctrl-C comes, once.
    made
        All runs, in order.
    """

    score: Score
    fails: Sequence[str] = ()
    stops_after: int | None = None
    made: list[Run] = field(default_factory=list)

    def __call__(self, study: Study, runs: Sequence[Run], jobs: int) -> None:
        for run in runs:
            if self.stops_after == len(self.made):
                self.stops_after = None
                raise InterruptionError("stopped by SIGINT; run the same command to resume", signal.SIGINT)
            self.made.append(run)
            if run.variant in self.fails:
                write_text(study.run_folder(run) / "failed.txt", "the loss was NaN\n")
            else:
                write_run(study, run, self.score(run))


def probed(commands: Mapping[str, Sequence[str]], jobs: int, device: str = "cpu") -> None:
    """Stands for the processes that time variants."""
    for name, command in commands.items():
        study = Study.open(command[3])
        write_sealed_json(timing_path(study, name), Timing(epoch=2.0, start=4.0).model_dump())


def scores(effects: Mapping[str, float], noise: float, seed: int = 0) -> Score:
    """Accuracies with a known effect of each variant; those of one seed share its luck."""

    def score(run: Run) -> float:
        key = [seed, run.seed, run.round == "screen"]
        shared = np.random.default_rng(key).normal()
        own = np.random.default_rng([*key, *run.variant.encode()]).normal()
        return float(0.5 + effects.get(run.variant, 0.0) + noise * (shared + own))

    return score


def begin(folder: Path, dataset: UnsplitDataset, ablation: AblationParams) -> Engine:
    """The engine of a comparison whose processes are to be replaced by `Launcher` and `probed`."""
    study = Study.begin(folder, dataset)
    study.write_division(CONFIRM_SEED, dataset.divide(CONFIRM_SEED))
    return Engine(study, dataset, expanded(study, ablation), ablation, jobs=2)
