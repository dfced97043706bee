"""Two models on the same seeds: mean test error of each, and their paired difference with its 95 % t interval.

Takes the `metrics/` folders of two workspaces, the baseline's first; docs/models.md has the commands that fill them.

    python -m benchmarks.accuracy gps/metrics graph_transformer/metrics [--output benchmarks/results/zinc.json]
"""

import argparse
import json
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from scipy.stats import ttest_rel

from mspe.common.json_files import read_json, write_json


def read_runs(folder: Path) -> dict[str, Any]:
    """What the runs of one workspace scored and cost, by seed."""
    seeds = sorted(int(path.stem) for path in (folder / "test").glob("*.json"))
    test = [read_json(folder / "test" / f"{seed}.json")["mae"] for seed in seeds]
    train = [read_json(folder / "train" / f"{seed}.json") for seed in seeds]
    cost = [read_json(folder / "cost" / f"{seed}.json") for seed in seeds]
    return {
        "seeds": seeds,
        "parameters": train[0]["parameters"],
        "best_epoch": [run["best_epoch"] for run in train],
        "val_mae": [run["val_mae"] for run in train],
        "test_mae": test,
        "test_mean": fmean(test),
        "test_std": stdev(test),
        "seconds": [run["seconds"] for run in cost],
        "threads": cost[0]["threads"],
        "environment": cost[0]["environment"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("baseline", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--output", type=Path, help="also write the numbers as JSON")
    arguments = parser.parse_args()
    baseline, other = read_runs(arguments.baseline), read_runs(arguments.other)
    if baseline["seeds"] != other["seeds"]:
        parser.error(f"the seeds differ: {baseline['seeds']} and {other['seeds']}")
    test = ttest_rel(other["test_mae"], baseline["test_mae"])
    interval = test.confidence_interval(0.95)
    result = {
        "baseline": baseline,
        "other": other,
        "ddof": 1,
        "difference": other["test_mean"] - baseline["test_mean"],
        "relative": other["test_mean"] / baseline["test_mean"] - 1,
        "interval": [float(interval.low), float(interval.high)],
    }
    for name in ("baseline", "other"):
        print(f"{name:<10} test MAE {result[name]['test_mean']:.4f} ± {result[name]['test_std']:.4f}")
    relative = 100 * result["relative"]
    print(f"difference {result['difference']:+.4f} ({relative:+.1f} %), 95 % interval {result['interval']}")
    if arguments.output:
        write_json(arguments.output, result)
    print(json.dumps({key: result[key] for key in ("difference", "relative", "interval")}))


if __name__ == "__main__":
    main()
