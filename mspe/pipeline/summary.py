"""From the numbers of single runs to a summary over seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.json_files import read_json
from mspe.pipeline.statistics import CONFIDENCE, statistics_over_seeds

_SHARED = ("baseline", "classes")


def summarise(split: str, results: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Mean, sample standard deviation (ddof 1) and 95 % t interval over seeds, beside the baseline.

    Parameters
    ----------
    split
        What was scored; the key of the scores.
    results
        By seed, what the evaluate stage wrote: the metrics and, the same for every seed, `baseline` (metrics by the
        baseline's name) and, where there are classes, `classes` (their shares by split).

    Returns
    -------
    dict
        With one seed `std` and `interval` are None.

    Examples
    --------
    >>> one = {"mae": 1.0, "baseline": {"median": {"mae": 3.0}}}
    >>> summarise("test", {0: one, 1: {**one, "mae": 2.0}})["test"]["mae"]["mean"]
    1.5
    """
    first = next(iter(results.values()))
    names = [name for name in first if name not in _SHARED]
    scores = {name: [result[name] for result in results.values()] for name in names}
    return {
        "seeds": list(results),
        "ddof": 1,
        "confidence": CONFIDENCE,
        split: {name: asdict(statistics_over_seeds(values)) for name, values in scores.items()},
        **{name: first[name] for name in _SHARED if name in first},
    }


def mean_curve(curves: Sequence[Mapping[str, Sequence[float]]]) -> dict[str, list[float]]:
    """Training and validation loss by epoch, averaged over seeds, up to the last epoch that every seed has.

    Examples
    --------
    >>> first = {"epoch": [1.0, 2.0], "train_loss": [4.0, 2.0], "val_loss": [5.0, 3.0]}
    >>> second = {"epoch": [1.0], "train_loss": [2.0], "val_loss": [3.0]}
    >>> mean_curve([first, second])
    {'epoch': [1], 'train_loss': [3.0], 'val_loss': [4.0]}
    """
    epochs = min(len(curve["epoch"]) for curve in curves)
    losses = {
        name: [fmean(curve[name][epoch] for curve in curves) for epoch in range(epochs)]
        for name in ("train_loss", "val_loss")
    }
    return {"epoch": list(range(1, epochs + 1)), **losses}


def format_summary(summary: Mapping[str, Any], costs: Mapping[int, Mapping[str, Any]]) -> str:
    """The summary as lines for a terminal."""
    split = next(key for key in summary if key in ("train", "val", "test"))
    seeds = summary["seeds"]
    lines = [f"{split} scores over {len(seeds)} seed{'s' * (len(seeds) > 1)} ({', '.join(map(str, seeds))})"]
    width = max(12, *(len(name) for name in summary[split]))
    for name, statistics in summary[split].items():
        spread = "" if statistics["std"] is None else f" ± {statistics['std']:.4f} (ddof 1)"
        baselines = {key: scores.get(name) for key, scores in summary["baseline"].items()}
        beside = "".join(f"   {key} {score:.4f}" for key, score in baselines.items() if score is not None)
        mean = "undefined" if statistics["mean"] is None else f"{statistics['mean']:.4f}"
        lines.append(f"  {name:<{width}} {mean}{spread}{beside}")
    if "classes" in summary:
        shares = ", ".join(f"{name} {100 * share:.1f} %" for name, share in summary["classes"][split].items())
        lines.append(f"classes in {split}: {shares}")
    for seed, cost in costs.items():
        device = cost["environment"][0]
        lines.append(f"seed {seed}: trained in {cost['seconds']:.0f} s, peak {cost['peak_memory_mb']} MB, {device}")
    return "\n".join(lines)


def read_summary() -> str:
    """Return, as lines, the summary that the report stage wrote, with what each seed cost where that is known.

    Raises
    ------
    MspeError
        If the report stage has not been run.
    """
    summary = read_json("metrics/summary.json")
    costs = {}
    for seed in summary["seeds"]:
        try:
            costs[seed] = read_json(f"metrics/cost/{seed}.json")
        except MspeError:  # the run came from the cache of another checkout, which keeps no costs
            continue
    return format_summary(summary, costs)
