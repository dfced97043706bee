"""The steps of a score."""

from dataclasses import replace
from pathlib import Path

import pytest

from mspe.ablation.records import FinishedRun, read_run
from mspe.ablation.resolution import score_step
from mspe.ablation.study import Run
from mspe.ablation.verdicts import judge
from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import begin, declared, write_run


@pytest.mark.parametrize(("metric", "step"), [("accuracy", 1 / 30), ("roc_auc", 0.0)])
def test_an_accuracy_has_steps_of_a_sample(
    tmp_path: Path, csl: UnsplitDataset, monkeypatch: pytest.MonkeyPatch, metric: str, step: float
) -> None:
    engine = begin(tmp_path, csl, declared(variants=["none", "hkse"], screen=None))
    engine.study.write_variants("confirm", engine.variants)
    engine.study.write_division(0, csl.divide(0))
    run = Run("confirm", "hkse", 0)
    write_run(engine.study, run, 0.5)
    found = read_run(engine.study, run)
    assert isinstance(found, FinishedRun)
    result = found.result.model_copy(update={"metric": metric})
    assert score_step(engine.study, replace(found, result=result)) == pytest.approx(step)


def test_seeds_that_agree_on_few_samples_show_nothing() -> None:
    """Of three seeds with four test samples each, nothing can be said to 5 %; of 100 with 1,000 each it can."""
    few, verdict = judge([0.0] * 3, 1, margin=0.05, minimized=False, step=1 / 4)
    assert verdict is not None and verdict.word == "undecided"
    assert few.high == pytest.approx(4.303 / 4 / 3**0.5, rel=1e-3) and few.p == 1
    _, verdict = judge([0.0] * 100, 1, margin=0.05, minimized=False, step=1 / 1000)
    assert verdict is not None and verdict.word == "same"


def test_equal_differences_of_a_step_are_no_proof() -> None:
    _, verdict = judge([0.25, 0.25, 0.25], 1, 0.05, minimized=False, step=0.25)
    assert verdict is not None and verdict.word == "undecided"
    _, verdict = judge([0.25, 0.25, 0.25], 1, 0.05, minimized=False)
    assert verdict is not None and verdict.word == "better"
