"""A checkpoint is scored with its own bank, vocabulary and scaling, whatever the stages have stored since."""

import json
import shutil
from contextlib import chdir
from pathlib import Path

import pytest
import torch

from mspe.cli import main as mspe
from mspe.common.errors import MspeError
from mspe.pipeline.scored_data import read_for
from mspe.pipeline.trained_model import TrainedModel
from stages import evaluate, train
from tests.pipeline import stages
from tests.pipeline.conftest import write


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data and a model of them, to be copied."""
    folder = tmp_path_factory.mktemp("trained")
    stages.prepare(folder)
    with chdir(folder):
        train.main(0)
    return folder


@pytest.fixture
def kept(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainedModel:
    """A model of the data in the working folder."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return TrainedModel.load("models/0/best.pt", "cpu")


def scores(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """What the command prints."""
    capsys.readouterr()
    assert mspe(["evaluate", "models/0/best.pt", "--device", "cpu"]) == 0
    return json.loads(capsys.readouterr().out)


def test_encodings_of_another_bank_are_computed_anew(
    kept: TrainedModel, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = scores(capsys)
    assert before == evaluate.evaluate("models/0/best.pt", "test").metrics
    assert not caplog.records or "computed anew" not in caplog.text
    stages.change(encodings={"filters": {"walk": {"steps": [2, 3, 5, 6, 7]}}})
    stages.run("encode")
    assert scores(capsys) == pytest.approx(before, rel=1e-4)
    assert "data/encodings holds those of another bank: the encodings that models/0/best.pt was trained" in caplog.text


@pytest.mark.parametrize("stale", ["spectrum", "encodings"])
def test_stale_encodings_are_computed_anew(kept: TrainedModel, caplog: pytest.LogCaptureFixture, stale: str) -> None:
    stages.rewrite_graphs()
    if stale == "encodings":
        stages.run("spectrum")
    scored = kept.evaluate(read_for(kept, "test"))
    assert f"data/{stale}/test is stale" in caplog.text
    stages.run("spectrum", "encode")
    torch.testing.assert_close(scored.prediction, kept.evaluate(read_for(kept, "test")).prediction)


def test_another_vocabulary_is_taken_back_to_raw_categories(
    kept: TrainedModel, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path("molecules.csv")
    text = path.read_text()
    expected = kept.evaluate(read_for(kept, "test")).prediction
    path.write_text("\n".join(line for line in text.splitlines() if "Cl" not in line or ",test" in line) + "\n")
    stages.run("preprocess", "spectrum", "encode")
    graphs = read_for(kept, "test")
    assert "taken back to what they were" in caplog.text and "feature_key" not in graphs.fields
    scored = kept.evaluate(graphs).prediction
    assert "(not kept) are categories that training did not see; they count as unknown" in caplog.text
    tested = [line for line in text.splitlines() if ",test" in line]
    known = [number for number, line in enumerate(tested) if "Cl" not in line]
    torch.testing.assert_close(scored[known], expected[known], atol=1e-5, rtol=1e-5)


def test_other_targets_are_refused_and_a_shifted_one_keeps_the_checkpoints_scaling(kept: TrainedModel) -> None:
    expected = kept.evaluate(read_for(kept, "test"))
    write(Path(), [str(number / 3 + 100) for number in range(42)])
    stages.run("preprocess")
    shifted = kept.evaluate(read_for(kept, "test"))
    torch.testing.assert_close(shifted.prediction, expected.prediction)
    torch.testing.assert_close(shifted.target, expected.target + 100)
    write(Path(), [str(number % 2) for number in range(42)])
    stages.run("preprocess")
    with pytest.raises(
        MspeError, match=r"best.pt: was trained on smiles with task_type regression, but smiles has task_type class"
    ):
        read_for(kept, "test")


def test_a_checkpoint_of_another_seed_is_not_scored_as_this_ones(kept: TrainedModel) -> None:
    assert kept.seed == 0
    Path("models/1").mkdir()
    shutil.copy("models/0/best.pt", "models/1/best.pt")
    with pytest.raises(MspeError, match=r"^models/1/best\.pt: of seed 0, expected seed 1; run `dvc repro`$"):
        evaluate.main(1)
