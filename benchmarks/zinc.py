"""Which encodings help on ZINC-12k: 40 epochs, three layers of width 48, five fresh seeds, verdicts and a page.

Takes some 100 minutes of one core, and goes on where it was stopped. `MSPE_DATA` names the raw data.

    python -m benchmarks.zinc [--jobs 2] [--folder comparisons/zinc] [--more]
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import mspe

RESULTS = Path("benchmarks/results")
NO_OTHERS: dict[str, Any] = {"walk": None, "heat": None}
DECLARED: dict[str, Any] = {
    "encodings": ["none", "rwse", "rrwp", "lappe", "hkse", "all", "only_walk", "only_heat", "wavelet", "ppr"],
    "definitions": {
        "wavelet": {"encodings": {"filters": NO_OTHERS | {"wavelet": {"times": [0.5, 1, 2, 4, 8, 16]}}}},
        "ppr": {"encodings": {"filters": NO_OTHERS | {"ppr": {"restarts": [0.05, 0.1, 0.2, 0.4, 0.8]}}}},
    },
    "screen": {"seeds": 2, "epochs": 5},
    "confirm": {"best": 3, "seeds": 5},
    "model": {"num_layers": 3, "hidden_dim": 48, "norm": "batch"},
    "training": {
        "epochs": 40,
        "batch_size": 128,
        "ema": 0.99,
        "optimizer": {"lr": 2e-3, "weight_decay": 1e-5},
        "scheduler": {"warmup_epochs": 1},
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, help="runs at a time (default: one per core)")
    parser.add_argument("--folder", type=Path, default=Path("comparisons/zinc"), help="keeps all runs")
    parser.add_argument("--more", action="store_true", help="add the seeds that would decide what is undecided")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    comparison = mspe.compare("zinc", **DECLARED, folder=arguments.folder, jobs=arguments.jobs, more=arguments.more)
    for suffix in ("json", "csv", "html"):
        comparison.save(RESULTS / f"zinc_encodings.{suffix}")
    print(comparison)


if __name__ == "__main__":
    main()
