"""What each run's folder says of it, and that a damaged record is one line."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.records import FailedRun, FinishedRun, MissingRun, is_done, read_run, read_table
from mspe.ablation.study import Run, Study
from mspe.common.checksums import file_checksum
from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.json_files import read_json, write_sealed_json
from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import COST, declared, expanded, write_run

SEEDS = (CONFIRM_SEED, CONFIRM_SEED + 1)
RUN = Run("confirm", "hkse", SEEDS[0])


@pytest.fixture
def study(tmp_path: Path, csl: UnsplitDataset) -> Study:
    """Two variants and two seeds, of which no run has been made."""
    study = Study.begin(tmp_path, csl)
    for seed in SEEDS:
        study.write_division(seed, csl.divide(seed))
    study.write_variants("confirm", expanded(study, declared(variants=["none", "hkse"])))
    return study


def refusal(study: Study, path: Path, table: str | None = None) -> str:
    """What a damaged file is refused with: one line that names it once, and ends with what to remove."""
    with pytest.raises(MspeError) as error:
        read_run(study, RUN) if table is None else read_table(study, RUN, table)
    message, end = str(error.value), f"; remove {path.parent} and run the same command again"
    assert message.startswith(f"{path}: ") and message.endswith(end) and "\n" not in message
    reason = message.removeprefix(f"{path}: ").removesuffix(end)
    assert str(path) not in reason
    return reason


def changed(path: Path, **values: Any) -> dict[str, Any]:
    return {**read_json(path), **values}


def test_a_run_is_finished_failed_or_missing(study: Study) -> None:
    runs = [Run("confirm", variant, seed) for variant in ("none", "hkse") for seed in SEEDS]
    write_run(study, runs[0], 0.5)
    write_text(study.run_folder(runs[1]) / "failed.txt", "the loss was NaN\n\nepoch 1/25 …\nerror: the loss was NaN\n")
    write_run(study, runs[2], None)
    finished, failed, undefined, missing = (read_run(study, run) for run in runs)
    assert isinstance(finished, FinishedRun)
    assert (finished.run, finished.score, finished.result.metric) == (runs[0], 0.5, "accuracy")
    assert finished.cost.epoch_seconds == COST["epoch_seconds"]
    assert failed == FailedRun(runs[1], "the loss was NaN")
    assert undefined == FailedRun(runs[2], "accuracy is not defined on the test split")
    assert missing == MissingRun(runs[3])
    assert [is_done(study, run) for run in runs] == [True, False, True, False]


def test_an_earlier_attempt_that_failed_does_not_count(study: Study) -> None:
    write_text(write_run(study, RUN, 0.7) / "failed.txt", "an earlier attempt\n")
    record = read_run(study, RUN)
    assert isinstance(record, FinishedRun) and record.score == 0.7


def test_a_failure_without_a_reason_is_a_failure(study: Study) -> None:
    write_text(study.run_folder(RUN) / "failed.txt", "")
    assert read_run(study, RUN) == FailedRun(RUN, "no reason given")


@pytest.mark.parametrize("change", ["code", "variant", "division"])
def test_a_result_of_something_else_is_missing(
    study: Study, csl: UnsplitDataset, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(study, RUN, 0.5)
    if change == "code":
        monkeypatch.setattr("mspe.ablation.study._code_key", lambda: "another")
    elif change == "variant":
        changes = {"training": {"epochs": 5}}
        study.write_variants("confirm", expanded(study, declared(variants=["none", "hkse"], **changes)))
    else:
        study.write_division(RUN.seed, csl.divide(7))
    assert read_run(study, RUN) == MissingRun(RUN) and not is_done(study, RUN)


@pytest.mark.parametrize("other", [Run("confirm", "none", SEEDS[0]), Run("confirm", "hkse", SEEDS[1])], ids=str)
def test_the_exchanged_results_of_two_runs_are_never_read_as_theirs(study: Study, other: Run) -> None:
    path, second = (write_run(study, run, score) / "result.json" for run, score in ((RUN, 0.5), (other, 0.9)))
    shutil.copy(path, path.with_suffix(".kept"))
    shutil.copy(second, path)
    shutil.copy(path.with_suffix(".kept"), second)
    assert read_run(study, RUN) == MissingRun(RUN) and read_run(study, other) == MissingRun(other)


@pytest.mark.parametrize("name", ["result.json", "cost.json"])
@pytest.mark.parametrize("other", [("screen", "hkse", SEEDS[0]), ("confirm", "none", SEEDS[0]), ("confirm", "hkse", 7)])
def test_a_record_that_names_another_run_is_refused(study: Study, name: str, other: tuple[str, str, int]) -> None:
    path = write_run(study, RUN, 0.5) / name
    write_sealed_json(path, changed(path, **dict(zip(("round", "variant", "seed"), other, strict=True))))
    assert refusal(study, path) == f"of another run, '{other[0]}', '{other[1]}' with seed {other[2]}"


def test_the_exchanged_costs_of_two_runs_are_refused(study: Study) -> None:
    other = Run("confirm", "none", RUN.seed)
    path, second = (write_run(study, run, 0.5) / "cost.json" for run in (RUN, other))
    shutil.copy(second, path)
    assert refusal(study, path).startswith("of another run, 'confirm', 'none'")


@pytest.mark.parametrize("name", ["result.json", "cost.json"])
@pytest.mark.parametrize(
    ("content", "reason"), [(b'{"seed": 1', "not valid JSON"), (b"\xff\xfe\x00", "not UTF-8 text"), (b"[]", "holds a")]
)
def test_a_damaged_record_is_one_line_that_names_the_file(study: Study, name: str, content: bytes, reason: str) -> None:
    path = write_run(study, RUN, 0.5) / name
    path.write_bytes(content)
    assert reason in refusal(study, path)


@pytest.mark.parametrize(
    ("name", "key", "value", "reason"),
    [
        ("result.json", "score", "0.5", "score: got '0.5', input should be a valid number"),
        ("result.json", "score", float("nan"), "score: got nan"),
        ("result.json", "parameters", 1.5, "parameters: got 1.5"),
        ("result.json", "files", {"../../other.csv": "0"}, "files"),
        ("cost.json", "seconds", "12", "seconds: got '12'"),
        ("cost.json", "epoch_seconds", float("inf"), "epoch_seconds: got inf"),
    ],
)
def test_a_value_of_another_kind_is_one_line(study: Study, name: str, key: str, value: Any, reason: str) -> None:
    path = write_run(study, RUN, 0.5) / name
    path.write_text(json.dumps(changed(path, **{key: value})))
    assert refusal(study, path).startswith(reason)


@pytest.mark.parametrize(
    ("name", "key"), [("result.json", "identity"), ("result.json", "score"), ("cost.json", "seed")]
)
def test_a_missing_key_is_one_line(study: Study, name: str, key: str) -> None:
    path = write_run(study, RUN, 0.5) / name
    path.write_text(json.dumps({k: value for k, value in read_json(path).items() if k != key}))
    assert refusal(study, path).startswith(f"{key}: missing")


@pytest.mark.parametrize(("name", "key", "value"), [("result.json", "score", 0.9), ("cost.json", "seconds", 1.0)])
def test_an_edited_number_is_refused(study: Study, name: str, key: str, value: float) -> None:
    """Another number is a number still."""
    path = write_run(study, RUN, 0.5) / name
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, key: value}))
    assert refusal(study, path).startswith("damaged, or edited by hand")


def test_a_run_without_its_costs_is_refused(study: Study) -> None:
    path = write_run(study, RUN, 0.5) / "cost.json"
    path.unlink()
    assert refusal(study, path) == "no such file"


@pytest.mark.parametrize("name", ["curve.csv", "predictions.csv"])
def test_a_table_of_another_checksum_is_refused(study: Study, name: str) -> None:
    """A digit that has changed is a number still."""
    path = write_run(study, RUN, 0.5) / name
    path.write_text(path.read_text().replace("1", "3"))
    assert refusal(study, path) == "damaged, or edited by hand: result.json tells another checksum"


@pytest.mark.parametrize("name", ["curve.csv", "predictions.csv"])
def test_a_table_that_is_gone_is_refused_where_it_is_read(study: Study, name: str) -> None:
    path = write_run(study, RUN, 0.5) / name
    path.unlink()
    assert refusal(study, path, name) == "no such file"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("predictions.csv", b"", "row 1: got"),
        ("predictions.csv", b"\xff\xfe\x00", "line 1: not UTF-8 text"),
        ("predictions.csv", b"index,prediction\n0,1\n", "row 1: got index, prediction, expected columns index, target"),
        ("predictions.csv", b"index,target,prediction\n", "damaged, a header alone"),
        ("predictions.csv", b"index,target,prediction\n0,1.0", "row 2: 2 cells, expected 3"),
        ("predictions.csv", b"index,target,prediction\n0,1.0,x", "row 2: prediction: got 'x', expected a number"),
        ("curve.csv", b"epoch,train_loss,val_loss\n", "damaged, a header alone"),
        ("curve.csv", b"epoch,train_loss\n1,2\n", "row 1: got epoch, train_loss, expected columns"),
    ],
)
def test_a_damaged_table_is_one_line_that_names_the_file(study: Study, name: str, content: bytes, reason: str) -> None:
    path = write_run(study, RUN, 0.5) / name
    path.write_bytes(content)
    assert refusal(study, path, name).startswith(reason)


@pytest.mark.parametrize(
    "index", [["nan", 1, 2], [0, "inf", 2], [0, 1, 1e300], [-1, 0, 1], [0, 0.5, 1], [0, 0, 2], [0, 0, 1], [2, 1, 0]]
)
def test_a_table_whose_samples_are_not_counted_is_one_line(study: Study, index: list[object]) -> None:
    path = write_run(study, RUN, 0.5) / "predictions.csv"
    path.write_text("index,target,prediction\n" + "".join(f"{number},1.0,2.0\n" for number in index))
    assert refusal(study, path, path.name).startswith("index: damaged, expected 0, 1, 2, …")


def test_a_sample_may_have_several_rows(study: Study) -> None:
    path = write_run(study, RUN, 0.5) / "predictions.csv"
    path.write_text("index,target,prediction\n0,1,2\n0,1,2\n1,1,2\n1,1,2\n")
    write_sealed_json(
        path.parent / "result.json", changed(path.parent / "result.json", files={path.name: file_checksum(path)})
    )
    assert isinstance(read_run(study, RUN), FinishedRun)
    assert read_table(study, RUN, path.name)["index"] == [0, 0, 1, 1]
