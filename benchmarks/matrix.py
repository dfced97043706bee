"""Which encodings help where: the published presets on eight datasets, two short rounds each, with verdicts.

Some three hours of one core in all. Each data set's comparison is kept in `benchmarks/results/matrix/` and not made
again, and the page is of those that are there; one that was interrupted goes on. `MSPE_DATA` names the raw data.

    python -m benchmarks.matrix [DATASET …] [--jobs 2] [--folder comparisons/matrix]
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import mspe
from mspe.ablation.comparison import Comparison
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
    for name in arguments.datasets:
        if not kept(name).exists():
            folder = arguments.folder / name
            comparison = mspe.compare(name, folder=folder, jobs=arguments.jobs, **ROUNDS, **DATASETS.get(name, {}))
            print(comparison, flush=True)
            comparison.save(kept(name))
        write_matrix()


def kept(name: str) -> Path:
    """Where the comparison on a data set is kept."""
    return RESULTS / "matrix" / f"{name}.json"


def write_matrix() -> None:
    """Write the page and the numbers of all data sets whose comparison is there."""
    matrix = Matrix([Comparison.load(kept(name)).report for name in DATASETS if kept(name).exists()])
    for suffix in ("json", "html"):
        matrix.save(RESULTS / f"matrix.{suffix}")
    print(matrix.answer, flush=True)


if __name__ == "__main__":
    main()
