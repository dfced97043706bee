"""Does the comparison tell apart what is the same? One variant under two names, really trained, in twenty studies.

In a study both have the same splits, but weights and order of their own: any difference is chance, and at a level of
5 % one study of twenty is expected to claim one. Goes on where it was stopped; some twenty minutes of two cores.

    python -m benchmarks.calibration [--studies 20] [--seeds 5] [--jobs 2] [--folder comparisons/calibration]
"""

import argparse
import logging
import os
from pathlib import Path
from statistics import fmean
from typing import Any

from mspe.ablation.build import read_rounds
from mspe.ablation.config import AblationParams
from mspe.ablation.declarations import expand_variants
from mspe.ablation.launch import launch
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.records import FinishedRun, is_done
from mspe.ablation.study import Run, Study
from mspe.ablation.verdicts import LEVEL, error_of, judge
from mspe.common.json_files import write_json
from mspe.dataset import DatasetParams, UnsplitDataset, read_unsplit
from mspe.encodings import GraphStatistics

RESULT = Path("benchmarks/results/calibration.json")
VARIANT, MARGIN = "rwse", 0.05
DATASET = DatasetParams(name="nci", limit=400)
VALUES: dict[str, Any] = {
    "seeds": [0],
    "dataset": DATASET.model_dump(),
    "encodings": {},
    "model": {"hidden_dim": 32, "num_layers": 3},
    "training": {"epochs": 10, "batch_size": 32, "ema": 0.99, "scheduler": {"warmup_epochs": 1}},
    "evaluation": {},
    "runtime": {},
}


def begin(folder: Path, dataset: UnsplitDataset) -> Study:
    """The folder of all studies, with the variant written out."""
    study = Study.begin(folder, dataset)
    statistics = GraphStatistics.of([study.graphs], int(study.graphs.num_nodes.max()), lambda: [study.graphs])
    declared = AblationParams(baseline="none", variants=("none", VARIANT), parameter_tolerance=1.0)
    variants = expand_variants(declared, VALUES, statistics, dataset.divide(0).schema.settings)
    study.write_variants("confirm", [variant for variant in variants if variant.name == VARIANT])
    return study


def seeds_of(number: int, seeds: int) -> tuple[list[int], list[int]]:
    """Seeds of both names in a study; the second ones' splits are those of the first."""
    first = [CONFIRM_SEED + 2 * seeds * number + place for place in range(seeds)]
    return first, [seed + seeds for seed in first]


def judged(study: Study, first: list[int], second: list[int], ratio: float) -> dict[str, Any]:
    """A study's verdict on the second name against the first."""
    (one,) = read_rounds(study, "confirm", [VARIANT], first).values()
    (other,) = read_rounds(study, "confirm", [VARIANT], second).values()
    scores = [[run.score for run in runs if isinstance(run, FinishedRun)] for runs in (one, other)]
    differences = [b - a for a, b in zip(*scores, strict=True)]
    error = error_of(fmean(scores[0]), minimized=True)
    estimate, verdict = judge(differences, 1, MARGIN * error, minimized=True, ratio=ratio)
    assert verdict is not None and estimate.low is not None and estimate.high is not None
    return {
        "verdict": verdict.word,
        "change": estimate.mean / error,
        "interval": [estimate.low / error, estimate.high / error],
        "p": estimate.p,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5, help="of each name in a study")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="runs at a time (default: one per core)")
    parser.add_argument("--folder", type=Path, default=Path("comparisons/calibration"), help="keeps all runs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    dataset = read_unsplit(DATASET)
    study = begin(arguments.folder, dataset)
    studies = [seeds_of(number, arguments.seeds) for number in range(arguments.studies)]
    for first, second in studies:
        for seed, twin in zip(first, second, strict=True):
            division = dataset.divide(seed)
            study.write_division(seed, division)
            study.write_division(twin, division)
    runs = [Run("confirm", VARIANT, seed) for pair in studies for seeds in pair for seed in seeds]
    todo = [run for run in runs if not is_done(study, run)]
    if todo:
        launch(study, todo, arguments.jobs)
    parts = dataset.divide(CONFIRM_SEED).positions
    ratio = len(parts["test"]) / len(parts["train"])
    found = [judged(study, first, second, ratio) for first, second in studies]
    apart = sum(one["verdict"] in ("better", "worse") for one in found)
    uncorrected = sum(judged(study, *pair, ratio=0.0)["verdict"] in ("better", "worse") for pair in studies)
    print(f"{apart} of {len(found)} studies claim a difference where there is none, at a level of {LEVEL:g}")
    print(f"without the correction for overlapping training parts: {uncorrected}")
    content = {"seeds": arguments.seeds, "ratio": ratio, "told_apart": apart, "without_correction": uncorrected}
    write_json(RESULT, {**content, "parameters": VALUES, "variant": VARIANT, "studies": found})


if __name__ == "__main__":
    main()
