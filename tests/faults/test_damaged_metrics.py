"""Damaged tables and records of the runs: the report is made of them, or ends in one line that names the file."""

import json
import random
import shutil
from pathlib import Path

import pytest

from mspe.cli import main
from mspe.common.csv_files import write_csv
from mspe.common.json_files import write_json
from stages import report
from tests.conftest import ROOT
from tests.faults.test_malformed import TEXT_CHANGES

SCORES = {"mae": 0.5, "rmse": None, "baseline": {"median": {"mae": 1.0, "rmse": 2.0}}}
CURVE = {"epoch": [1, 2], "train_loss": [1.0, 0.5], "val_loss": [1.5, 0.75], "lr": [0.1, 0.1]}
COST = {"seconds": 1.5, "peak_memory_mb": 100, "environment": ["2 x CPU"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two seeds that were trained and scored."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    params = Path("params.yaml").read_text(encoding="utf-8").replace("seeds: [0]", "seeds: [0, 1]")
    Path("params.yaml").write_text(params, encoding="utf-8")
    for seed in (0, 1):
        write_json(f"metrics/test/{seed}.json", SCORES)
        write_csv(f"metrics/curves/{seed}.csv", CURVE)
        write_json(f"metrics/cost/{seed}.json", COST)
    return tmp_path


def error_of_report(capsys: pytest.CaptureFixture[str]) -> str:
    """What the stage, and the command that prints its summary, end with; empty where both end well."""
    try:
        with report.command():
            report.main()
        assert main(["report"]) == 0
    except SystemExit as stopped:
        return str(stopped.code)
    finally:
        capsys.readouterr()
    return ""


DAMAGED = {
    ("metrics/curves/1.csv", ""): "metrics/curves/1.csv: row 1: got , expected columns epoch, train_loss, val_loss",
    ("metrics/curves/1.csv", "epoch,train_loss\n1,2\n"): "metrics/curves/1.csv: row 1: got epoch, train_loss",
    ("metrics/curves/1.csv", "epoch,train_loss,val_loss\n1,2\n"): "metrics/curves/1.csv: row 2: 2 cells, expected 3",
    ("metrics/curves/1.csv", "epoch,train_loss,val_loss\n1,2,x\n"): "metrics/curves/1.csv: row 2: val_loss: got 'x'",
    ("metrics/test/1.json", "{}"): "metrics/test/1.json: damaged, it holds no scores",
    ("metrics/test/1.json", '{"mae": "low"}'): "metrics/test/1.json: mae: got 'low', input should be a valid number",
    ("metrics/test/1.json", '{"mae": NaN}'): "metrics/test/1.json: mae: got nan, input should be a finite number",
    ("metrics/test/1.json", "[" * 100_000): "metrics/test/1.json: not valid JSON (maximum recursion depth",
    ("metrics/test/1.json", f'{{"mae": {"9" * 5000}}}'): "metrics/test/1.json: not valid JSON (Exceeds the limit",
    ("metrics/test/1.json", '{"mae": 1, "baseline": [1]}'): "metrics/test/1.json: baseline: got [1]",
    ("metrics/cost/1.json", '{"seconds": 1}'): "metrics/cost/1.json: peak_memory_mb: missing",
    ("metrics/cost/1.json", json.dumps({**COST, "environment": []})): "metrics/cost/1.json: environment: got []",
}


@pytest.mark.parametrize(("damage", "message"), DAMAGED.items(), ids=[f"{file} {text[:20]}" for file, text in DAMAGED])
def test_a_damaged_file_is_named_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], damage: tuple[str, str], message: str
) -> None:
    Path(damage[0]).write_text(damage[1], encoding="utf-8")
    assert error_of_report(capsys).startswith(f"error: {message}")


@pytest.mark.parametrize("file", ["metrics/curves/1.csv", "metrics/test/1.json", "metrics/summary.json"])
def test_a_folder_instead_of_a_file_is_named(folder: Path, capsys: pytest.CaptureFixture[str], file: str) -> None:
    Path(file).unlink(missing_ok=True)
    Path(file).mkdir()
    assert file in error_of_report(capsys)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "metrics/summary.json: seeds: missing; run `dvc repro`"),
        ({"seeds": [0]}, "metrics/summary.json: scores are missing, expected those of one split"),
        ({"seeds": [0], "test": {"mae": 1.0}}, "metrics/summary.json: test.mae: "),
    ],
)
def test_a_damaged_summary_is_named(folder: Path, content: dict, message: str) -> None:
    write_json("metrics/summary.json", content)
    with pytest.raises(SystemExit) as stopped:
        main(["report"])
    assert str(stopped.value.code).startswith(f"error: {message}")


def test_curves_of_unequal_lengths_end_with_the_shorter(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_csv("metrics/curves/1.csv", {name: column[:1] for name, column in CURVE.items()})
    assert error_of_report(capsys) == ""
    assert len(Path("metrics/learning_curve.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_random_damage_gives_a_report_or_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(0)
    refused = 0
    for _ in range(40):
        file = Path(chance.choice([f"metrics/{name}" for name in ("test/1.json", "curves/0.csv", "cost/1.json")]))
        intact = file.read_bytes()
        file.write_bytes(chance.choice(TEXT_CHANGES)(intact, chance))
        line = error_of_report(capsys)
        assert line.isprintable() and len(line) <= 500 and (not line or str(file) in line), line
        refused += bool(line)
        file.write_bytes(intact)
    assert refused >= 20
