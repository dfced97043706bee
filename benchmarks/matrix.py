"""Which encodings help where: the published presets on eight datasets, a small budget each, with verdicts.

Goes on where it was stopped, and compares no more than what is missing: some three hours of one core. `MSPE_DATA` names
the raw data.

    python -m benchmarks.matrix [DATASET …] [--minutes 20] [--jobs 1] [--folder comparisons/matrix]
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import mspe
from mspe.ablation.matrix import Matrix

RESULTS = Path("benchmarks/results")
MINUTES = {"mutag": 8, "csl": 10, "esol": 22, "enzymes": 22, "bbbp": 15, "nci": 32, "zinc": 25, "digits": 40}
"""Budgets, of one core."""
OPTIONS: dict[str, dict[str, Any]] = {"zinc": {"limit": 2000}}  # of the training part; benchmarks/zinc.py has all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", default=list(MINUTES), help="by default all")
    parser.add_argument("--minutes", type=float, help="for each dataset (default: its own)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time (default: 1)")
    parser.add_argument("--folder", type=Path, default=Path("comparisons/matrix"), help="keeps all runs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    reports = []
    for name in arguments.datasets:
        comparison = mspe.compare(
            name,
            minutes=arguments.minutes or MINUTES.get(name, 20),
            folder=arguments.folder / name,
            jobs=arguments.jobs,
            **OPTIONS.get(name, {}),
        )
        print(comparison, flush=True)
        reports.append(comparison.report)
    matrix = Matrix(reports)
    for suffix in ("json", "html"):
        matrix.save(RESULTS / f"matrix.{suffix}")
    print(matrix.answer)


if __name__ == "__main__":
    main()
