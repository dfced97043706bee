"""Test figures of the datasets in the table of docs/data.md, each from its own `dvc exp run` in this workspace.

Every choice was made on validation. Datasets split by folds run each fold once; others run several seeds. What is in
the output already is not run again, so an interrupted run goes on. Leaves the workspace at the last run's parameters.

    MSPE_DATA=… python -m benchmarks.tasks [csl cora …] [--output benchmarks/results/tasks.json]
"""

import argparse
import json
import subprocess
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from mspe.common.json_files import read_json, write_json
from mspe.dataset import DATASETS

_LINKS = [
    "training.batch_size=1", "training.epochs=40",
    "model.hidden_dim=256", "model.num_layers=2", "model.attention=none", "model.dropout=0.5",
]  # fmt: skip
RUNS: dict[str, tuple[str, list[str]]] = {
    "csl": ("csl", []),
    "csl without encodings": ("csl", ["encodings.preset=none"]),
    "digits": ("digits", ["training.epochs=15", "model.num_layers=3"]),
    "lesmiserables": ("lesmiserables", []),
    "esol": ("esol", []),
    "bbbp": ("bbbp", ["training.epochs=15"]),
    "mutag": ("mutag", []),
    "enzymes": ("enzymes", []),
    "cora": ("cora", _LINKS),
    "citeseer": ("citeseer", _LINKS),
}
"""Dataset of each run, and its parameters beside the dataset's own settings."""


def run(dataset: str, changes: list[str]) -> dict[str, Any]:
    """All runs of one line of the table: test metrics of each, and what a trivial predictor scores."""
    source = DATASETS[dataset]
    by_fold = source.splits[0] == "folds"
    single = [[f"dataset.fold={fold}"] for fold in range(source.folds)] if by_fold else [["seeds=[0,1,2]"]]
    results: list[dict[str, Any]] = []
    params = Path("params.yaml")
    before = params.read_text()
    for further in single:
        sets = [argument for change in (f"dataset.name={dataset}", *changes, *further) for argument in ("-S", change)]
        subprocess.run(["dvc", "exp", "run", *sets], check=True, stdout=subprocess.DEVNULL)
        params.write_text(before)  # an experiment leaves its changes there, and the next one would inherit them
        results += [read_json(f"metrics/test/{seed}.json") for seed in read_json("metrics/summary.json")["seeds"]]
    metric = source.metric
    scores = [result[metric] for result in results]
    baselines = {name: fmean(result["baseline"][name][metric] for result in results) for name in results[0]["baseline"]}
    return {
        "changes": [f"dataset.name={dataset}", *changes],
        "own_settings": dict(source.settings),
        "repeated": f"{len(scores)} folds" if by_fold else f"{len(scores)} seeds",
        "metric": metric,
        "test": scores,
        "mean": fmean(scores),
        "std": stdev(scores),
        "ddof": 1,
        "baseline": baselines,
        "environment": read_json("metrics/cost/0.json")["environment"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(RUNS)}; default: all")
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/tasks.json"))
    arguments = parser.parse_args()
    results: dict[str, Any] = read_json(arguments.output) if arguments.output.exists() else {}
    for name in arguments.names or RUNS:
        if name not in results:
            results[name] = run(*RUNS[name])
            write_json(arguments.output, results)
        line = results[name]
        print(f"{name:<24} {line['metric']} {line['mean']:.4f} ± {line['std']:.4f} over {line['repeated']}", flush=True)
    print(json.dumps({name: round(line["mean"], 4) for name, line in results.items()}))


if __name__ == "__main__":
    main()
