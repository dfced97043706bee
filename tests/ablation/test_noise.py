"""The noise of differences against numpy, and what is known of its parts by simulation."""

from pathlib import Path

import numpy as np
import pytest

from mspe.ablation.build import read_rounds
from mspe.ablation.noise import noise_of
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.study import Run, Study
from mspe.common.checksums import file_checksum
from mspe.common.csv_files import write_csv
from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import Launcher, begin, declared, scores, write_run

SEEDS = [CONFIRM_SEED + number for number in range(40)]


def study_of(folder: Path, csl: UnsplitDataset, training: float, graph: float) -> Study:
    """Regression runs whose errors are 1 + what a training and a graph add to them."""
    engine = begin(folder, csl, declared(variants=["none", "hkse"], screen=None))
    engine.study.write_variants("confirm", engine.variants)
    for seed in SEEDS:
        engine.study.write_division(seed, csl.divide(seed))
        tested = len(engine.study.division(seed).positions["test"])
        for variant in ("none", "hkse"):
            random = np.random.default_rng([seed, *variant.encode()])
            errors = 1 + training * random.normal() + graph * random.normal(size=tested)
            write_errors(engine.study, Run("confirm", variant, seed), errors)
    return engine.study


def write_errors(study: Study, run: Run, errors: np.ndarray) -> None:
    folder = write_run(study, run, 0.5)
    table = {"index": range(errors.size), "target": np.zeros(errors.size), "prediction": errors}
    write_csv(folder / "predictions.csv", {name: list(values) for name, values in table.items()})
    files = {name: file_checksum(folder / name) for name in ("curve.csv", "predictions.csv")}
    task = {"task_type": "regression", "loss": "mae", "metric": "mae", "minimized": True}
    predictions = (folder / "predictions.csv").read_bytes()
    write_run(study, run, float(np.abs(errors).mean()), files=files, **task)
    (folder / "predictions.csv").write_bytes(predictions)


def test_between_seeds_it_is_the_deviation_of_the_paired_differences(tmp_path: Path, csl: UnsplitDataset) -> None:
    study = study_of(tmp_path, csl, training=0.05, graph=0.2)
    records = read_rounds(study, "confirm", ["none", "hkse"], SEEDS)
    score = {name: np.array([run.score for run in runs]) for name, runs in records.items()}
    noise = noise_of(study, records, "none")
    assert noise is not None
    expected = (score["hkse"] - score["none"]).std(ddof=1) / score["none"].mean()
    assert noise.deviation == pytest.approx(expected)


@pytest.mark.parametrize(("training", "graph"), [(0.1, 0.2), (0.0, 0.2), (0.1, 0.0)])
def test_its_parts_are_those_that_made_it(tmp_path: Path, csl: UnsplitDataset, training: float, graph: float) -> None:
    """A difference has the variance of two; of 40 seeds a deviation is known to some 12 %, with three of these."""
    study = study_of(tmp_path, csl, training, graph)
    noise = noise_of(study, read_rounds(study, "confirm", ["none", "hkse"], SEEDS), "none")
    assert noise is not None and noise.training is not None and noise.graph is not None
    assert noise.graph == pytest.approx(np.sqrt(2) * graph, rel=0.1, abs=1e-9)
    assert noise.training == pytest.approx(np.sqrt(2) * training, rel=0.36, abs=0.05)


def test_a_score_that_is_no_mean_over_graphs_has_no_parts(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    """Of 15 graphs, 81 % are not right: these scores are no share of them, as that of a ranking is none."""
    launcher.score = lambda run: 0.8 + 0.01 * (run.seed % 3) * (run.variant == "hkse")
    engine = begin(tmp_path, csl, declared(variants=["none", "hkse"], screen=None, confirm={"seeds": 3}))
    engine.compare()
    noise = noise_of(engine.study, read_rounds(engine.study, "confirm", ["none", "hkse"], SEEDS[:3]), "none")
    assert noise is not None and (noise.training, noise.graph) == (None, None)


def test_one_seed_and_a_baseline_without_an_error_have_none(
    tmp_path: Path, csl: UnsplitDataset, launcher: Launcher
) -> None:
    launcher.score = lambda run: 1.0 if run.variant == "none" else scores({}, 0.01)(run)
    engine = begin(tmp_path, csl, declared(variants=["none", "hkse"], screen=None, confirm={"seeds": 3}))
    engine.compare()
    records = read_rounds(engine.study, "confirm", ["none", "hkse"], SEEDS[:3])
    assert noise_of(engine.study, records, "none") is None
    assert noise_of(engine.study, {name: runs[:1] for name, runs in records.items()}, "none") is None
