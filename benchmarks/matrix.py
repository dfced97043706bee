"""Which encodings help where: the published presets on eight datasets, two short rounds each, with verdicts.

Goes on where it was stopped, and compares no more than what is missing: some two hours of one core. `MSPE_DATA` names
the raw data.

    python -m benchmarks.matrix [DATASET …] [--jobs 2] [--folder comparisons/matrix]
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import mspe
from mspe.ablation.matrix import Matrix

RESULTS = Path("benchmarks/results")
DATASETS: dict[str, dict[str, Any]] = {
    "mutag": {},
    "csl": {},
    "esol": {},
    "enzymes": {},
    "bbbp": {},
    "nci": {"limit": 1000},  # of the training part; ablation/ has all of them
    "zinc": {"limit": 1000},  # benchmarks/zinc.py has all
    "digits": {"limit": 500},
}
ROUNDS: dict[str, Any] = {"screen": {"seeds": 2}, "confirm": {"best": 3, "seeds": 5}}
"""Epochs are each dataset's own, and a third of them in the screen."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", default=list(DATASETS), help="by default all")
    parser.add_argument("--jobs", type=int, help="runs at a time (default: one per core)")
    parser.add_argument("--folder", type=Path, default=Path("comparisons/matrix"), help="keeps all runs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    reports = []
    for name in arguments.datasets:
        comparison = mspe.compare(
            name,
            folder=arguments.folder / name,
            jobs=arguments.jobs,
            **ROUNDS,
            **DATASETS.get(name, {}),
        )
        print(comparison, flush=True)
        reports.append(comparison.report)
    matrix = Matrix(reports)
    for suffix in ("json", "html"):
        matrix.save(RESULTS / f"matrix.{suffix}")
    print(matrix.answer)


if __name__ == "__main__":
    main()
