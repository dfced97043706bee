"""A run's history as files that DVC shows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mspe.common.files import write_csv, write_json


def write_history(
    path: str | Path, history: Mapping[str, Sequence[float]], best_epoch: int, num_parameters: int
) -> None:
    """Write the best epoch's metrics, its number, and the number of epochs and parameters, as JSON."""
    best = {name: values[best_epoch - 1] for name, values in history.items() if name != "lr"}
    summary = {"epochs": len(history["lr"]), "best_epoch": best_epoch, "parameters": num_parameters}
    write_json(path, {**summary, **best})


def write_curve(path: str | Path, history: Mapping[str, Sequence[float]]) -> None:
    """Write the metrics of every epoch, numbered from 1, as CSV."""
    write_csv(path, {"epoch": range(1, len(history["lr"]) + 1), **history})
