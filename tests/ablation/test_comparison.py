"""What a comparison gives: sentences, rows, files, and a frame in a notebook."""

import csv
import html
import json
from pathlib import Path

import pytest

from mspe.ablation.comparison import Comparison
from mspe.ablation.page import pictures, render_page
from mspe.ablation.paper import latex_table, markdown_table
from mspe.common.errors import MspeError
from tests.ablation.fake_report import SMALL, fake_report


def test_files_hold_the_comparison(tmp_path: Path) -> None:
    comparison = Comparison(fake_report(SMALL), "seeds: 3")
    for suffix in ("html", "json", "csv", "tex", "md"):
        comparison.save(tmp_path / f"c.{suffix}")
    assert (tmp_path / "c.html").read_text() == render_page(comparison.report, "seeds: 3")
    assert Comparison.load(tmp_path / "c.json").report == comparison.report
    assert len((tmp_path / "c.csv").read_text().splitlines()) == 1 + len(comparison.table())
    assert (tmp_path / "c.tex").read_text() == latex_table(comparison.report)
    assert (tmp_path / "c.md").read_text() == markdown_table(comparison.report)
    with pytest.raises(MspeError, match=r"got the ending '\.png', allowed: \.html, \.json, \.csv, \.tex, \.md"):
        comparison.save(tmp_path / "c.png")


def test_a_folder_holds_the_pages_figures_and_their_numbers(tmp_path: Path) -> None:
    comparison = Comparison(fake_report())
    comparison.save(f"{tmp_path}/figures/")
    figures = {picture.drawing.name: picture for picture in pictures(comparison.report)}
    assert {"differences", "costs", "curves", "scale-1", "by-size"} <= set(figures)
    assert {path.stem for path in (tmp_path / "figures").glob("*.pdf")} == set(figures)
    with (tmp_path / "figures" / "differences.csv").open() as file:
        rows = {row["variant"]: row for row in csv.DictReader(file)}
    assert set(rows) == {variant.name for variant in comparison.report.variants} - {comparison.report.baseline}
    drawn = json.loads((tmp_path / "figures" / "differences.json").read_text())
    assert [float(row["change"]) for row in rows.values()] == drawn["data"]["change"]
    assert all(len(set(map(len, picture.data.values()))) == 1 for picture in figures.values())


def test_a_file_that_holds_no_comparison_is_refused(tmp_path: Path) -> None:
    Comparison(fake_report(SMALL)).save(tmp_path / "c.json")
    values = json.loads((tmp_path / "c.json").read_text())
    for name, change in {"about": {"about": 3}, "variants": {"variants": [{"name": 1}]}}.items():
        (tmp_path / "other.json").write_text(json.dumps({**values, **change}))
        with pytest.raises(MspeError, match=rf"other\.json: no comparison as this version saves it \({name}"):
            Comparison.load(tmp_path / "other.json")
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(MspeError, match=r"other\.json"):
        Comparison.load(tmp_path / "other.json")


def test_a_notebook_shows_the_page_in_a_frame_of_its_own() -> None:
    comparison = Comparison(fake_report(SMALL))
    frame = comparison._repr_html_()
    source = frame.split('srcdoc="')[1].split('" style')[0]
    assert '"' not in source and html.unescape(source) == render_page(comparison.report)
    assert comparison.answer.split(";")[0].replace(" ", "") in str(comparison).replace("\n", "").replace(" ", "")
