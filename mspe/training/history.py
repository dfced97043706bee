"""A run's history as files that DVC shows."""

from collections.abc import Mapping, Sequence

from mspe.common.files import write_csv, write_json


def write_history(seed: int, history: Mapping[str, Sequence[float]], best_epoch: int, num_parameters: int) -> None:
    """Write `metrics/train/<seed>.json` (the best epoch's metrics) and `metrics/curves/<seed>.csv` (every epoch's)."""
    epochs = len(history["lr"])
    best = {name: values[best_epoch - 1] for name, values in history.items() if name != "lr"}
    summary = {"epochs": epochs, "best_epoch": best_epoch, "parameters": num_parameters}
    write_json(f"metrics/train/{seed}.json", {**summary, **best})
    write_csv(f"metrics/curves/{seed}.csv", {"epoch": range(1, epochs + 1), **history})
