"""Which encodings help where: the published presets on eight datasets, a small budget each, with verdicts.

Goes on where it was stopped, and compares no more than what is missing. `MSPE_DATA` names the raw data.

    python -m benchmarks.matrix [DATASET …] [--minutes 10] [--jobs 2] [--folder comparisons/matrix]
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import mspe

DATASETS: dict[str, dict[str, Any]] = {
    "csl": {},
    "digits": {},
    "mutag": {},
    "enzymes": {},
    "esol": {},
    "bbbp": {},
    "nci": {},
    "zinc": {"limit": 2000},  # of the training part; benchmarks/zinc.py has all of them
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", default=list(DATASETS), help="by default all")
    parser.add_argument("--minutes", type=float, default=10.0, help="for each dataset (default: 10)")
    parser.add_argument("--jobs", type=int, help="runs at a time (default: one per core)")
    parser.add_argument("--folder", type=Path, default=Path("comparisons/matrix"), help="keeps all runs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for name in arguments.datasets:
        comparison = mspe.compare(
            name,
            minutes=arguments.minutes,
            folder=arguments.folder / name,
            jobs=arguments.jobs,
            **DATASETS.get(name, {}),
        )
        print(comparison, flush=True)


if __name__ == "__main__":
    main()
