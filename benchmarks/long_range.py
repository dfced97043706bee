"""Which encodings help where the answer lies far away: synthetic tasks whose distance is known, with verdicts.

Every encoding is trained with five seeds on each task, on the same graphs. An hour or two of one core in all; each task
is kept in `benchmarks/results/long_range/` and not run again, and one that was interrupted goes on.

    python -m benchmarks.long_range [NAME …] [--jobs 2] [--folder comparisons/long_range]
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import mspe
from benchmarks.kept_comparisons import KeptComparisons
from mspe.ablation.comparison import Comparison

GRAPHS, EPOCHS, SEEDS = 400, 25, 5
SMALL_WORLD = {"generator": "watts_strogatz", "size": 30}
TASKS: dict[str, dict[str, Any]] = {
    "ring transfer, 4 hops": {"task": "ring_transfer", "distance": 4},
    "ring transfer, 8 hops": {"task": "ring_transfer", "distance": 8},
    "ring transfer, 16 hops": {"task": "ring_transfer", "distance": 16},
    "distance": {"task": "source_distance", **SMALL_WORLD},
    "distance, 30 to 100 nodes": {"task": "source_distance", **SMALL_WORLD, "shift": {"size": 100}},
    "role": {"task": "role", "generator": "barbell", "size": 30, "features": False},
    "diffusion source, 8 steps": {"task": "diffusion_source", "distance": 8, **SMALL_WORLD},
}
"""`dataset.synthetic` of each."""

ENCODINGS = ("none", "rwse", "lappe", "heat_short", "heat_long", "all", "rd", "spd")


def _heat(*times: float) -> dict[str, Any]:
    return {"encodings": {"filters": {"heat": {"times": times}}, "node": True, "pair": True}}


DEFINITIONS = {"heat_short": _heat(0.25, 0.5, 1.0, 2.0), "heat_long": _heat(8.0, 16.0, 32.0, 64.0)}


def compare(name: str, folder: Path, jobs: int | None) -> Comparison:
    """All encodings on one task, without a screen."""
    comparison = mspe.compare(
        "synthetic",
        ENCODINGS,
        definitions=DEFINITIONS,
        confirm={"best": len(ENCODINGS) - 1, "seeds": SEEDS},
        training={"epochs": EPOCHS},
        synthetic={"graphs": GRAPHS, **TASKS[name]},
        folder=folder,
        jobs=jobs,
    )
    about = replace(comparison.report.about, dataset=name)
    return Comparison(replace(comparison.report, about=about))


def main() -> None:
    KeptComparisons("long_range", list(TASKS)).make(compare, __doc__)


if __name__ == "__main__":
    main()
