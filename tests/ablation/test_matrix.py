"""Several comparisons as one object: refused where they do not fit together, and whole in its files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mspe.ablation.answer import answer
from mspe.ablation.matrix import Matrix
from mspe.ablation.report import Report
from mspe.ablation.table import report_rows
from mspe.common.errors import MspeError
from tests.ablation.browser import assert_quiet, opened
from tests.ablation.fake_report import SMALL, fake_report


def report_on(dataset: str, **options: object) -> Report:
    report = fake_report(SMALL, **options)  # type: ignore[arg-type]
    return replace(report, about=replace(report.about, dataset=dataset))


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    return Matrix([report_on("nci"), report_on("digits", metric="accuracy", confirmed=["hkse"]), report_on("<zinc>")])


def test_the_numbers_of_every_dataset_are_in_the_file(matrix: Matrix, tmp_path: Path) -> None:
    matrix.save(tmp_path / "matrix.json")
    content = json.loads((tmp_path / "matrix.json").read_text())
    assert content["answer"] == matrix.answer and content["variants"] == ["hkse", "all", "rwse", "lappe"]
    for report in matrix.reports:
        held = content["datasets"][report.about.dataset]
        assert held["variants"] == report_rows(report) and held["answer"] == answer(report)
        assert held["about"]["metric"] == report.about.metric and held["plan"]["epochs"] == report.plan.epochs


@pytest.mark.parametrize(
    ("reports", "message"),
    [
        ([], "^matrix: got the datasets none, expected each once$"),
        ([report_on("nci"), report_on("nci")], "^matrix: got the datasets nci, nci, expected each once$"),
        (
            [report_on("nci"), replace(report_on("zinc"), baseline="all")],
            "^matrix: got the baselines none, all, expected the same on every dataset$",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(reports: list[Report], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        Matrix(reports)


def test_another_ending_is_refused(matrix: Matrix, tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"matrix.csv: got the ending '.csv', allowed: .html, .json$"):
        matrix.save(tmp_path / "matrix.csv")


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_opens_quietly_and_is_no_wider_than_the_window(matrix: Matrix, tmp_path: Path, width: int) -> None:
    matrix.save(tmp_path / "matrix.html")
    with opened(tmp_path / "matrix.html") as browser:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        assert_quiet(browser, tmp_path / "matrix.html")
