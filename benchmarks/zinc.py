"""Which encodings help on ZINC-12k: three layers of width 48, fresh seeds on the published split, verdicts and a page.

`presets` are the published ones and filters, the best three with five seeds of 40 epochs: 100 minutes of one core.
`catalogue` is every encoding alone, as `benchmarks/catalogue.py` has it, the best five with four seeds of 20
epochs: some 80 minutes. Each goes on where it was stopped. `MSPE_DATA` names the raw data.

    python -m benchmarks.zinc [presets | catalogue] [--jobs 2] [--folder comparisons/zinc] [--more]
"""

import argparse
import logging
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import mspe
from benchmarks.catalogue import ROWS

RESULTS = Path("benchmarks/results")


def _alone(bank: dict[str, Any]) -> dict[str, Any]:
    """A bank instead of the default one, as a definition."""
    filters = {"walk": None, "heat": None, **bank.get("filters", {})}
    return {"encodings": {**bank, "filters": filters}}


WAVELET = _alone({"filters": {"wavelet": {"times": [0.5, 1, 2, 4, 8, 16]}}})
PPR = _alone({"filters": {"ppr": {"restarts": [0.05, 0.1, 0.2, 0.4, 0.8]}}})
COMPARISONS: dict[str, dict[str, Any]] = {
    "presets": {
        "encodings": ["none", "rwse", "rrwp", "lappe", "hkse", "all", "only_walk", "only_heat", "wavelet", "ppr"],
        "definitions": {"wavelet": WAVELET, "ppr": PPR},
        "confirm": {"best": 3, "seeds": 5},
        "epochs": 40,
    },
    "catalogue": {
        "encodings": ["none", *(row.name for row in ROWS)],
        "definitions": {row.name: _alone(row.bank) for row in ROWS},
        "confirm": {"best": 5, "seeds": 4},
        "epochs": 20,
        "parameter_tolerance": 0.15,  # pearl and stable bring a network of their own
    },
}
FILES = {"presets": "zinc_encodings", "catalogue": "zinc_catalogue"}
COMMON: dict[str, Any] = {
    "screen": {"seeds": 2, "epochs": 5},
    "model": {"num_layers": 3, "hidden_dim": 48, "norm": "batch"},
}
TRAINING: dict[str, Any] = {
    "batch_size": 128,
    "ema": 0.99,
    "optimizer": {"lr": 2e-3, "weight_decay": 1e-5},
    "scheduler": {"warmup_epochs": 1},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="?", choices=COMPARISONS, default="presets")
    parser.add_argument("--jobs", type=int, help="runs at a time (default: one per core)")
    parser.add_argument("--folder", type=Path, default=Path("comparisons/zinc"), help="keeps all runs")
    parser.add_argument("--more", action="store_true", help="add the seeds that would decide what is undecided")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    declared = COMPARISONS[arguments.which]
    comparison = mspe.compare(
        "zinc",
        **COMMON,
        **{key: value for key, value in declared.items() if key != "epochs"},
        training={**TRAINING, "epochs": declared["epochs"]},
        folder=arguments.folder / arguments.which,
        jobs=arguments.jobs,
        more=arguments.more,
    )
    for suffix in ("json", "csv", "html"):
        comparison.save(RESULTS / f"{FILES[arguments.which]}.{suffix}")
    with TemporaryDirectory() as figures:
        comparison.save(figures + "/")
        copyfile(Path(figures) / "differences.png", RESULTS / f"{FILES[arguments.which]}.png")
    print(comparison)


if __name__ == "__main__":
    main()
