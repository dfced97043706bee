"""Do encodings help to label the papers of Cora and CiteSeer: a GCN on the published split, ten seeds, with verdicts.

The network, its rate, weight decay and dropout are those of Kipf and Welling (arXiv 1609.02907), who report accuracies
of 81.5 and 70.3 %; the epoch is the best one on validation. Goes on where it was stopped. `MSPE_DATA` names the raw
data; a data set that is not there is left out with a line.

    python -m benchmarks.node_tasks [DATASET …] [--jobs 2] [--folder comparisons/nodes]
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import mspe
from mspe.common.errors import MspeError
from mspe.common.json_files import read_json, write_json

RESULT = Path("benchmarks/results/node_tasks.json")
PUBLISHED = {"cora-nodes": 0.815, "citeseer-nodes": 0.703, "pubmed-nodes": 0.79}
DECLARED: dict[str, Any] = {
    "encodings": ["none", "rwse", "lappe", "hkse"],
    "screen": None,
    "confirm": {"seeds": 10},
    "parameter_tolerance": 0.25,  # what encodings take is taken from the words' width
    "model": {
        "name": "gcn",
        "num_layers": 2,
        "hidden_dim": 64,
        "node_dim": 8,
        "head_depth": 0,
        "dropout": 0.5,
        "feature_dropout": 0.5,
    },
    "training": {
        "epochs": 100,
        "batch_size": 1,
        "optimizer": {"type": "adam", "lr": 0.01, "weight_decay": 5e-4},
        "scheduler": {"type": "none"},
    },
}


def compare(name: str, folder: Path, jobs: int | None) -> dict[str, Any]:
    """Return the answer, and of each variant the test accuracies and the verdict on its difference to none."""
    comparison = mspe.compare(name, **DECLARED, folder=folder / name, jobs=jobs)
    print(comparison, flush=True)
    return {"answer": comparison.answer, "published": PUBLISHED[name], "variants": comparison.table()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", default=list(PUBLISHED), help="by default all")
    parser.add_argument("--jobs", type=int, help="runs at a time (default: one per core)")
    parser.add_argument("--folder", type=Path, default=Path("comparisons/nodes"), help="keeps all runs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    results = read_json(RESULT) if RESULT.exists() else {"declared": DECLARED}
    for name in arguments.datasets:
        try:
            results[name] = compare(name, arguments.folder, arguments.jobs)
        except MspeError as error:
            logging.warning("%s: left out: %s", name, error)
            continue
        write_json(RESULT, results)


if __name__ == "__main__":
    main()
