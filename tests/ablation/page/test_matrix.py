"""The page of several comparisons: a cell for every pair, each dataset in words, and the numbers as a file."""

import base64
import json
import re
from pathlib import Path

import pytest

from mspe.ablation.answer import answer
from mspe.ablation.page.matrix import write_matrix_page
from mspe.ablation.side_by_side import cell, finding
from tests.ablation.test_matrix import report_on


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("matrix") / "matrix.html"
    write_matrix_page(path, REPORTS, {"answer": 42})
    return path.read_text(encoding="utf-8")


REPORTS = [report_on("nci"), report_on("digits", metric="accuracy", confirmed=["hkse"]), report_on("<zinc>")]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_it_answers_first_and_tells_every_dataset_in_words(page: str) -> None:
    assert plain(page).index(finding(REPORTS).replace("<", "&lt;").replace(">", "&gt;")) < page.index("<table")
    for report in REPORTS:
        words = answer(report).replace("<", "&lt;").replace(">", "&gt;")
        assert words in plain(page) and f"{report.about.graphs:,} graphs" in page


def test_every_pair_has_a_cell_with_its_change_and_its_standing(page: str) -> None:
    found = re.findall(r'<td class="[a-z-]+" title="([a-z]+)">([^<]+)(?:<small>([^<]+)</small>)?</td>', page)
    expected = [cell(report, name) for name in ("hkse", "all", "rwse", "lappe") for report in REPORTS]
    assert found == [(one.standing, one.change, one.interval) for one in expected]


def test_it_holds_the_numbers_and_nothing_is_loaded(page: str) -> None:
    links = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert [link for link in links if not link.startswith("data:")] == []
    held = next(link for link in links if "application/json" in link)
    assert json.loads(base64.b64decode(held.split("base64,")[1])) == {"answer": 42}


def test_equal_input_gives_equal_bytes(page: str, tmp_path: Path) -> None:
    write_matrix_page(tmp_path / "matrix.html", REPORTS, {"answer": 42})
    assert (tmp_path / "matrix.html").read_text(encoding="utf-8") == page
