"""Which encodings help where: the published presets on eight datasets, two short rounds each, with verdicts.

Some three hours of one core in all. Each data set's comparison is kept in `benchmarks/results/matrix/` and not made
again, and the page is of those that are there; one that was interrupted goes on. `MSPE_DATA` names the raw data.

    python -m benchmarks.matrix [NAME …] [--jobs 2] [--folder comparisons/matrix]
"""

from pathlib import Path
from typing import Any

import mspe
from benchmarks.kept_comparisons import KeptComparisons
from mspe.ablation.comparison import Comparison

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


def compare(name: str, folder: Path, jobs: int | None) -> Comparison:
    """The presets on one dataset."""
    return mspe.compare(name, folder=folder, jobs=jobs, **ROUNDS, **DATASETS[name])


def main() -> None:
    KeptComparisons("matrix", list(DATASETS)).make(compare, __doc__)


if __name__ == "__main__":
    main()
