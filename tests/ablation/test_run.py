"""One run of a comparison, in process, and a comparison of real processes."""

import math
import shutil
from pathlib import Path

import pytest

from mspe.ablation.compare import compare_declared
from mspe.ablation.launch import launch
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.probe import main as write_timing
from mspe.ablation.probe import probe, read_timing
from mspe.ablation.records import FinishedRun, is_done, read_run, read_table
from mspe.ablation.run import main, run
from mspe.ablation.study import Run, Study
from mspe.ablation.variant import operators_of
from mspe.common.errors import MspeError
from mspe.common.json_files import read_json
from mspe.dataset import UnsplitDataset
from mspe.pipeline.trained_model import TrainedModel
from tests.ablation.fake_runs import VALUES, Launcher, declared, expanded

CONFIRM, SCREEN = Run("confirm", "hkse", CONFIRM_SEED), Run("screen", "hkse", 0)
FILES = {"best.pt", "train.json", "curve.csv", "predictions.csv", "cost.json", "result.json"}
ABLATION = declared(variants=["none", "hkse"], screen=None, confirm={"seeds": 2}, training={"epochs": 2})


def prepared(folder: Path, dataset: UnsplitDataset) -> Study:
    """A comparison of two variants, of which no run has been made."""
    study = Study.begin(folder, dataset, device="cpu")
    for which in (CONFIRM, SCREEN):
        study.write_division(which.seed, dataset.divide(which.seed))
        study.write_variants(which.round, expanded(study, ABLATION))
    return study


@pytest.fixture(scope="module")
def study(csl: UnsplitDataset, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """With one run of each round."""
    study = prepared(tmp_path_factory.mktemp("study"), csl)
    for which in (CONFIRM, SCREEN):
        run(study, which)
    return study


@pytest.mark.parametrize("which", [CONFIRM, SCREEN], ids=str)
def test_a_run_leaves_its_files_and_is_done(study: Study, which: Run) -> None:
    assert {path.name for path in study.run_folder(which).iterdir()} == FILES
    assert is_done(study, which) and not is_done(study, Run(which.round, "none", which.seed))
    assert not list((study.folder / "resume").glob("*"))  # no state is left of what has ended
    record = read_run(study, which)
    assert isinstance(record, FinishedRun) and record.run == which
    assert record.cost.seconds > 0 and record.cost.encode_seconds >= 0 and record.cost.environment
    assert record.cost.multiply_adds is not None and record.cost.multiply_adds > record.result.parameters // 10
    assert read_table(study, which, "curve.csv")["epoch"] == [1, 2]


@pytest.mark.parametrize(("which", "part"), [(CONFIRM, "test"), (SCREEN, "val")], ids=str)
def test_the_score_is_the_best_checkpoints_on_the_part_of_the_round(
    study: Study, csl: UnsplitDataset, which: Run, part: str
) -> None:
    record = read_run(study, which)
    trained = TrainedModel.load(study.run_folder(which) / "best.pt", "cpu")
    evaluation = trained.evaluate(csl.part(csl.divide(which.seed), part))  # which computes encodings by itself
    assert isinstance(record, FinishedRun)
    assert (record.result.split, record.result.metric, record.result.minimized) == (part, "accuracy", False)
    assert record.score == pytest.approx(evaluation.metrics["accuracy"])
    assert record.result.parameters == trained.num_parameters
    table, rows = read_table(study, which, "predictions.csv"), evaluation.table()
    assert table["target"] == [float(value) for value in rows["target"]]
    assert len(table["index"]) == len(csl.divide(which.seed).positions[part])


def test_the_same_run_is_the_same_bit_for_bit(study: Study, csl: UnsplitDataset, tmp_path: Path) -> None:
    again = prepared(tmp_path, csl)
    run(again, CONFIRM)
    for name in FILES - {"cost.json"}:
        expected = study.run_folder(CONFIRM) / name
        assert (again.run_folder(CONFIRM) / name).read_bytes() == expected.read_bytes(), name


def test_a_run_that_is_done_is_not_made_again(study: Study, csl: UnsplitDataset, tmp_path: Path) -> None:
    """Another process may have made it meanwhile."""
    again = prepared(tmp_path, csl)
    shutil.copytree(study.run_folder(CONFIRM), again.run_folder(CONFIRM))
    before = {path: path.stat().st_mtime_ns for path in again.run_folder(CONFIRM).iterdir()}
    main(str(again.folder), CONFIRM)
    assert {path: path.stat().st_mtime_ns for path in again.run_folder(CONFIRM).iterdir()} == before
    main(str(again.folder), SCREEN)
    assert is_done(again, SCREEN)


def test_a_division_of_no_such_seed_is_refused(study: Study) -> None:
    with pytest.raises(MspeError, match=r"divisions/77\.json: "):
        run(study, Run("confirm", "hkse", 77))
    assert not study.run_folder(Run("confirm", "hkse", 77)).exists()


def test_a_probe_tells_how_long_an_epoch_and_the_rest_take(study: Study) -> None:
    timing = probe(study, "hkse", CONFIRM_SEED)
    assert 0 < timing.epoch < math.inf and 0 < timing.start < math.inf


def test_a_timing_is_read_as_it_was_written_and_leaves_no_run(study: Study) -> None:
    with pytest.raises(MspeError, match=r"timings/none\.json: no such file"):
        read_timing(study, "none")
    write_timing(str(study.folder), "none", CONFIRM_SEED)
    assert read_timing(study, "none").epoch > 0
    assert not study.run_folder(Run("confirm", "none", CONFIRM_SEED)).exists()


@pytest.mark.slow
def test_a_comparison_of_real_processes_is_made_once(
    csl: UnsplitDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called again it reports the same without a process."""
    first = compare_declared(csl, ABLATION, VALUES, tmp_path, jobs=2, device="cpu").report
    study = Study.open(tmp_path)
    runs = [Run("confirm", name, CONFIRM_SEED + number) for name in ("none", "hkse") for number in range(2)]
    assert all(is_done(study, which) for which in runs)
    scores = {which: read_json(study.run_folder(which) / "result.json")["score"] for which in runs}
    for name in ("none", "hkse"):
        confirm = first.variant(name).confirm
        assert confirm is not None and confirm.values == [scores[which] for which in runs if which.variant == name]
    (compared,) = first.confirmed
    assert compared.name == "hkse" and compared.verdict is not None and compared.verdict.word
    assert first.ratio == pytest.approx(30 / 90)  # of five folds, one tests and three train

    def refuse(*arguments: object) -> None:
        raise AssertionError(f"a process is started: {arguments}")

    monkeypatch.setattr("mspe.ablation.launch.Processes.run", refuse)
    assert compare_declared(csl, ABLATION, VALUES, tmp_path, jobs=2, device="cpu").report == first


@pytest.mark.slow
def test_a_run_in_a_process_of_its_own_is_the_one_made_here(study: Study, csl: UnsplitDataset, tmp_path: Path) -> None:
    other = prepared(tmp_path, csl)
    launch(other, [CONFIRM], jobs=1)
    for name in FILES - {"cost.json"}:
        assert (other.run_folder(CONFIRM) / name).read_bytes() == (study.run_folder(CONFIRM) / name).read_bytes(), name


def test_a_variant_of_a_further_operator_is_encoded_and_trained_with_its_spectrum(
    csl: UnsplitDataset, tmp_path: Path
) -> None:
    encodings = {"filters": {}, "communicability": [1.0], "magnetic": {"potentials": [0.25]}}
    ablation = declared(
        variants=["none", "mine"], screen=None, confirm={"seeds": 2}, training={"epochs": 2},
        definitions={"mine": {"encodings": encodings}},
    )  # fmt: skip
    study = Study.begin(tmp_path, csl, device="cpu")
    which = Run("screen", "mine", 0)
    study.write_division(which.seed, csl.divide(which.seed))
    variants = expanded(study, ablation)
    study.write_variants(which.round, variants)
    with pytest.raises(MspeError, match=r"adjacency.pt: no such file"):
        run(study, which)
    study.add_operators(operators_of(variants))
    run(study, which)
    assert is_done(study, which)
    assert {path.name for path in (tmp_path / "operators").iterdir()} == {"adjacency.pt", "magnetic_0p25.pt"}


def test_a_comparison_decomposes_what_its_variants_read(
    csl: UnsplitDataset, tmp_path: Path, launcher: Launcher
) -> None:
    definitions = {"mine": {"encodings": {"filters": {}, "biharmonic": True}}}
    ablation = declared(variants=["none", "hkse", "mine"], confirm={"seeds": 2}, definitions=definitions)
    compare_declared(csl, ablation, VALUES, tmp_path, jobs=1, device="cpu")
    assert [path.name for path in (tmp_path / "operators").iterdir()] == ["combinatorial.pt"]
