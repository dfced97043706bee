"""What a folder of runs says of each, and that a damaged record is one line."""

import json
from pathlib import Path

import pytest

from mspe.ablation.records import FailedRun, FinishedRun, MissingRun, read_runs, read_tables
from mspe.common.checksums import file_checksum
from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.json_files import write_json
from tests.ablation.fake_runs import (
    COST,
    RESULT,
    write_run,
)


def test_a_run_is_finished_failed_or_missing(tmp_path: Path) -> None:
    write_run(tmp_path, "all", 0, 0.5)
    write_text(tmp_path / "all/1/failed.txt", "the loss was NaN\n\nepoch 1/25 …\nerror: the loss was NaN\n")
    write_run(tmp_path, "all", 2, None)
    write_text(write_run(tmp_path, "all", 3, 0.7) / "failed.txt", "an earlier attempt")
    first, *others, last, missing = read_runs(tmp_path, ["all"], [0, 1, 2, 3, 4])
    assert isinstance(first, FinishedRun) and isinstance(last, FinishedRun)
    assert (first.score, first.result.metric, first.cost.epoch_seconds, last.score) == (0.5, "mae", 3.0, 0.7)
    assert others == [
        FailedRun("all", 1, "the loss was NaN"),
        FailedRun("all", 2, "mae is not defined on the test split"),
    ]
    assert missing == MissingRun("all", 4)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"split": "te', "not valid JSON"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (json.dumps(RESULT).encode(), "score: missing"),
        (json.dumps({**RESULT, "score": "0.5"}).encode(), "score: got '0.5', input should be a valid number"),
        (json.dumps({**RESULT, "score": float("nan")}).encode(), "score: got nan"),
    ],
)
def test_a_damaged_result_is_one_line_that_names_the_file(tmp_path: Path, content: bytes, reason: str) -> None:
    path = write_run(tmp_path, "all", 0, 0.5) / "result.json"
    path.write_bytes(content)
    with pytest.raises(MspeError) as error:
        read_runs(tmp_path, ["all"], [0])
    message = str(error.value)
    assert message.startswith(f"{path}: ") and message.count(str(path)) == 1 and "\n" not in message
    assert reason in message and message.endswith(f"remove {path.parent} and run `python -m mspe.ablation` again")


@pytest.mark.parametrize("content", ["", "index,target,prediction\n0,1.0", "index,target,prediction\n0,1.0,x"])
def test_a_damaged_table_is_one_line_that_names_the_file(tmp_path: Path, content: str) -> None:
    path = write_run(tmp_path, "all", 0, 0.5) / "predictions.csv"
    path.write_text(content)
    with pytest.raises(MspeError, match=r"predictions\.csv: .*; remove .* and run `python -m mspe.ablation` again$"):
        read_tables(tmp_path, read_runs(tmp_path, ["all"], [0]), "predictions.csv")


@pytest.mark.parametrize(
    "index", [["nan", 1, 2], [0, "inf", 2], [0, 1, 1e300], [-1, 0, 1], [0, 0.5, 1], [0, 0, 2], [0, 0, 1], [2, 1, 0]]
)
def test_a_table_whose_samples_are_not_counted_is_one_line(tmp_path: Path, index: list[object]) -> None:
    path = write_run(tmp_path, "all", 0, 0.5) / "predictions.csv"
    path.write_text("index,target,prediction\n" + "".join(f"{number},1.0,2.0\n" for number in index))
    with pytest.raises(MspeError, match=r"predictions\.csv: index: damaged, expected 0, 1, 2, … .*; remove "):
        read_tables(tmp_path, read_runs(tmp_path, ["all"], [0]), "predictions.csv")


def test_a_sample_may_have_several_rows(tmp_path: Path) -> None:
    path = write_run(tmp_path, "all", 0, 0.5) / "predictions.csv"
    path.write_text("index,target,prediction\n0,1,2\n0,1,2\n1,1,2\n1,1,2\n")
    tables = read_tables(tmp_path, read_runs(tmp_path, ["all"], [0]), "predictions.csv")
    assert tables["all"][0]["index"] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("predictions.csv", "index,prediction\n0,1\n", "row 1: got index, prediction, expected columns index, target"),
        ("predictions.csv", "index,target,prediction\n", "damaged, a header alone"),
        ("curve.csv", "epoch,train_loss,val_loss\n", "damaged, a header alone"),
    ],
)
def test_a_table_that_lacks_a_column_or_rows_is_one_line(tmp_path: Path, name: str, content: str, message: str) -> None:
    path = write_run(tmp_path, "all", 0, 0.5) / name
    path.write_text(content)
    with pytest.raises(MspeError) as error:
        read_tables(tmp_path, read_runs(tmp_path, ["all"], [0]), name)
    assert str(error.value).startswith(f"{path}: {message}") and f"remove {path.parent}" in str(error.value)


def test_a_checksum_of_a_file_that_is_not_the_runs_is_refused(tmp_path: Path) -> None:
    write_run(tmp_path, "all", 0, 0.5, files={"../../other.csv": "0"})
    with pytest.raises(MspeError, match=r"result\.json: files\.\.\./\.\./other\.csv"):
        read_runs(tmp_path, ["all"], [0])


@pytest.mark.parametrize("name", ["cost.json", "predictions.csv"])
def test_a_file_that_result_json_does_not_know_is_one_line(tmp_path: Path, name: str) -> None:
    """A digit that has changed is a number still."""
    path = write_run(tmp_path, "all", 0, 0.5) / name
    write_run(tmp_path, "all", 0, 0.5, files={name: file_checksum(path)})
    (run,) = read_runs(tmp_path, ["all"], [0])
    assert isinstance(run, FinishedRun)
    path.write_text(path.read_text().replace("3.0", "8.0"))
    with pytest.raises(MspeError) as error:
        read_runs(tmp_path, ["all"], [0])
    assert str(error.value) == (
        f"{path}: damaged, or edited by hand: result.json tells another checksum; remove {path.parent} and run "
        "`python -m mspe.ablation` again"
    )


@pytest.mark.parametrize("other", [("none", 0), ("all", 1)], ids=["variant", "seed"])
def test_the_cost_of_another_run_is_refused(tmp_path: Path, other: tuple[str, int]) -> None:
    path = write_run(tmp_path, "all", 0, 0.5) / "cost.json"
    write_json(path, {**COST, "variant": other[0], "seed": other[1]})
    with pytest.raises(MspeError) as error:
        read_runs(tmp_path, ["all"], [0])
    assert str(error.value).startswith(f"{path}: of another run, '{other[0]}' with seed {other[1]}; remove")
