"""A run's history, epoch by epoch, and as files that DVC shows."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from mspe.common.csv_files import write_csv
from mspe.common.json_files import write_json


def append_epoch(history: dict[str, list[float]], epoch: int, row: Mapping[str, float]) -> None:
    """Append the metrics of an epoch, counted from 1; what an epoch does not have is NaN.

    Examples
    --------
    >>> history = {"lr": [0.1]}
    >>> append_epoch(history, 2, {"lr": 0.2, "val_loss": 1.0})
    >>> history
    {'lr': [0.1, 0.2], 'val_loss': [nan, 1.0]}
    """
    for name in {**history, **row}:
        history.setdefault(name, [math.nan] * (epoch - 1)).append(row.get(name, math.nan))


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
