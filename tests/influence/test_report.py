"""The report in words, rows and files."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.influence import RangeReport
from mspe.influence.report import check_ending
from tests.conftest import cycle
from tests.influence.fixtures import LinearModel, all_pairs, hops, measured, packed


@pytest.fixture(scope="module")
def report() -> RangeReport:
    return measured(LinearModel(hops(1), all_pairs), packed(cycle(12)))


def test_the_answer_says_how_far_and_how_much_comes_from_beyond(report: RangeReport) -> None:
    """Σ I = 14; beyond 5 hops is one node of 12, 1/14 of it; beyond 4 are three, 21 %."""
    said = "The model uses the graph up to 2.7 hops on average; 7.1 % of the influence comes from beyond 5."
    assert report.answer == said  # equal features: occlusion changes nothing
    assert said in str(report)
    near = measured(LinearModel(hops(1)), packed(cycle(5)))
    assert near.answer.endswith("up to 1.0 hops on average; none of the influence comes from beyond 1.")
    disagreeing = replace(report, occlusion=replace(report.occlusion, range=6.0))
    assert disagreeing.answer.endswith("it looks 6.0 hops far: the two differ, as gradients see small changes alone.")
    looking = replace(report, occlusion=replace(report.occlusion, range=2.04))
    assert looking.answer == f"{said} Judged by replaced features, it looks 2.0 hops far."


def test_the_table_has_a_row_for_each_part(report: RangeReport) -> None:
    rows = {(row["part"], row["name"]): row for row in report.table()}
    assert list(rows) == [
        ("output", "output"), ("layers", "layer 1"), ("layers", "layer 2"), ("paths", "0"), ("paths", "1")
    ]  # fmt: skip
    output = rows["output", "output"]
    assert (
        output["range"] == pytest.approx(38 / 14)
        and output["error"] == 0
        and output["beyond_4"] == pytest.approx(3 / 14)
    )


def test_the_summary_has_the_range_by_each_measure(report: RangeReport) -> None:
    summary = report.summary()
    assert summary["range"] == pytest.approx(38 / 14) and summary["error"] == 0
    assert summary["beyond_4"] == pytest.approx(3 / 14) and summary["beyond_8"] == 0
    assert summary["occlusion"] is None  # equal features
    assert summary["removal"] == report.removal.range and summary["rewiring"] == report.rewiring.range


def test_json_holds_everything(report: RangeReport, tmp_path: Path) -> None:
    report.save(tmp_path / "range.json")
    content = json.loads((tmp_path / "range.json").read_text())
    assert content["answer"] == report.answer
    assert content["influence"]["output"]["range"]["mean"] == report.influence.output.range.mean
    assert content["occlusion"]["distances"] == report.occlusion.distances


def test_tables_and_figures_are_files(report: RangeReport, tmp_path: Path) -> None:
    for suffix in ("csv", "tex", "md"):
        report.save(tmp_path / f"range.{suffix}")
    with (tmp_path / "range.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["part"], row["name"]) for row in rows] == [(row["part"], row["name"]) for row in report.table()]
    assert float(rows[0]["range"]) == pytest.approx(38 / 14)
    assert r"\toprule" in (tmp_path / "range.tex").read_text() and "| layer 1 |" in (tmp_path / "range.md").read_text()
    report.save(f"{tmp_path}/figures/")
    assert {path.name for path in (tmp_path / "figures").glob("*.svg")} == {
        f"{name}.svg" for name in ("layers", "paths", "causal", "example")
    }
    data = json.loads((tmp_path / "figures" / "layers.json").read_text())["data"]
    first = [share for name, share in zip(data["name"], data["share"], strict=True) if name == "layer 1"]
    assert first == pytest.approx(list(report.influence.layers["layer 1"].shares))


def test_another_ending_is_refused(report: RangeReport, tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"range\.png: got the ending '\.png', allowed: \.html, \.json, .* / for a"):
        report.save(tmp_path / "range.png")
    assert check_ending("a/RANGE.HTML") == ".html" and list(tmp_path.iterdir()) == []
