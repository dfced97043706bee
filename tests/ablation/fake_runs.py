"""Folders of runs with made-up numbers, and the report that is read off them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from mspe.ablation.comparison import build_report
from mspe.ablation.records import read_runs, read_tables
from mspe.ablation.report import Report
from mspe.common.csv_files import write_csv
from mspe.common.json_files import write_json

SEEDS = (0, 1, 2)
SCORES = {
    "none": [0.90, 0.94, 0.91],
    "all": [0.50, 0.55, 0.50],
    "only_walk": [0.60, 0.65, 0.61],
    "without_heat": [0.93, 0.90, 0.92],
    "without_walk": [1.50, 1.52, 1.49],
}
RESULT = {
    "split": "test",
    "metric": "mae",
    "minimized": True,
    "task_type": "regression",
    "target_level": "graph",
    "loss": "mae",
    "scores": {"mae": 0.5, "rmse": 0.7},
    "parameters": 1000,
    "best_epoch": 3,
    "gates": {},
}
COST = {
    "encode_seconds": 0.5,
    "epoch_seconds": 3.0,
    "peak_memory_mb": 500,
    "seconds": 60.0,
    "threads": 2,
    "environment": ["2 x CPU", "commit abc1234"],
}
SIZES = {"nodes": torch.tensor([3, 5, 8]), "diameter": torch.tensor([1, 4, 4])}
PREDICTIONS = {"index": [0, 1, 2], "target": [1.0, 2.0, 4.0], "prediction": [1.0, 3.0, 7.0]}


def write_run(folder: Path, variant: str, seed: int, score: float | None, **result: Any) -> Path:
    path = folder / variant / str(seed)
    write_json(path / "result.json", {"variant": variant, "seed": seed, "score": score, **RESULT, **result})
    write_json(path / "cost.json", COST)
    write_csv(path / "predictions.csv", PREDICTIONS)
    return path


def write_scores(folder: Path, scores: Mapping[str, list[float]], **result: Any) -> None:
    for variant, values in scores.items():
        for seed, score in enumerate(values):
            write_run(folder, variant, seed, score, **result)


def report_of(folder: Path, variants: Any, baseline: str = "none", seeds: tuple[int, ...] = SEEDS) -> Report:
    runs = read_runs(folder, variants, seeds)
    return build_report(runs, baseline, read_tables(folder, runs, "predictions.csv"), SIZES)


def by_name(report: Report) -> dict[str, dict[str, Any]]:
    return {variant["name"]: variant for variant in report.to_json()["variants"]}
