"""The page says what the report says, in one file that asks for no other."""

from pathlib import Path

import pytest

from mspe.influence import RangeReport, measure_range
from tests.ablation.browser import assert_quiet, opened
from tests.ablation.page.html_page import Page
from tests.conftest import AWKWARD, cycle, graph
from tests.influence.fixtures import LinearModel, hops, measured, packed, transformer


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> RangeReport:
    """Of a model of eight layers, whose names are long enough for a table that scrolls."""
    graphs = packed(cycle(12), cycle(8), AWKWARD["two components"], cycle(30)).without_fields(["x"])
    return measure_range(transformer(num_layers=8), graphs, "graph", most_nodes=3, probes=2, checkpoint="<best>.pt")


@pytest.fixture(scope="module")
def path(report: RangeReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("range") / "range.html"
    report.save(path)
    return path


def test_it_is_whole_and_asks_for_no_other_file(report: RangeReport, path: Path) -> None:
    page = Page(path.read_text())
    assert page.values("src") == [] and all(href.startswith(("data:", "#")) for href in page.values("href"))
    assert len(page.drawings) == 5 and "&lt;best&gt;.pt" in page.text
    assert page.text.index(report.answer[:20]) < page.text.index("<figure>")


def test_its_table_has_the_reports_rows(report: RangeReport, path: Path) -> None:
    page = Page(path.read_text())
    rows = {row[0]: row for row in page.rows if len(row) == 7}
    told = {row[0]: row[1:] for row in page.rows if len(row) == 3}
    assert list(told)[1:] == list(report.readouts) == [f"layer {number}" for number in range(1, 9)]
    uses = {row[0]: row[1:] for row in page.rows if len(row) == 5}
    assert list(uses)[1:] == [one.channel for one in report.scales] and len(uses) == 8
    for _, name, spread in report.spreads():
        assert rows[name][1] == str(spread.range).replace("± ", "±\u00a0")


def test_equal_reports_give_equal_pages(report: RangeReport, path: Path, tmp_path: Path) -> None:
    report.save(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == path.read_bytes()


def test_a_model_that_features_do_not_reach_has_a_page(tmp_path: Path) -> None:
    measured(LinearModel(hops(1)), packed(graph(2, []))).save(tmp_path / "range.html")
    page = Page((tmp_path / "range.html").read_text())
    assert page.drawings == [] and "features influence the output" in page.text


@pytest.mark.slow
def test_a_browser_loads_nothing_else_and_a_phone_shows_all(path: Path) -> None:
    with opened(path) as browser:
        assert_quiet(browser, path)
        for width in (360, 1280):
            metrics = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": width < 500}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width
