"""The page in a real browser: nothing is loaded or complained about, the table sorts, and a phone shows all of it."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from mspe.ablation.page import write_page
from mspe.ablation.report import Report
from tests.ablation.browser import assert_quiet, opened
from tests.ablation.fake_report import fake_report, read_report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report() -> Report:
    return fake_report(failed=["only_walk_32"])


@pytest.fixture(scope="module")
def path(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a large comparison."""
    path = tmp_path_factory.mktemp("page") / "ablation.html"
    write_page(path, report, "seeds: [0]")
    return path


@pytest.fixture(scope="module")
def browser(path: Path) -> Iterator[Chrome]:
    """Chromium, started for these tests, with the page open."""
    with opened(path) as browser:
        yield browser


@pytest.fixture
def page(browser: Chrome) -> Chrome:
    """The browser, with the page as it is when opened."""
    browser.refresh()
    return browser


def heading(page: Chrome, title: str) -> WebElement:
    headings = page.find_elements(By.CSS_SELECTOR, "thead th")
    return next(element for element in headings if element.text.startswith(title))


def column(page: Chrome, title: str) -> list[str]:
    """The texts of a column of the table of variants, from the top."""
    index = page.execute_script("return arguments[0].cellIndex", heading(page, title))
    script = (
        "return [...document.querySelector('table').tBodies[0].rows].map(row => row.cells[arguments[0]].textContent)"
    )
    return page.execute_script(script, index)


def press(page: Chrome, title: str) -> str | None:
    """Click a heading; the order that it then declares."""
    heading(page, title).find_element(By.TAG_NAME, "button").click()
    return heading(page, title).get_attribute("aria-sort")


def test_nothing_is_loaded_but_the_file_itself_and_nothing_is_complained_about(browser: Chrome, path: Path) -> None:
    assert_quiet(browser, path)


def test_the_table_shows_the_reports_numbers_a_line_a_row(page: Chrome, report: Report) -> None:
    shown = dict(zip(column(page, "variant"), column(page, "MAE ±"), strict=True))
    for variant in report.variants:
        last = variant.last
        assert shown[variant.name] == ("–" if last is None else f"{last.mean:.4f} ± {last.std:.4f}")
    script = "return [...document.querySelectorAll('tbody tr')].map(row => row.offsetHeight)"
    assert len(shown) == len(report.variants) == 31 and max(page.execute_script(script)) < 40


def test_downloads_hold_the_report(page: Chrome, report: Report) -> None:
    link = page.find_element(By.CSS_SELECTOR, "a[download='comparison.json']")
    text = base64.b64decode(link.get_attribute("href").split("base64,")[1])
    assert read_report(json.loads(text)) == report


def test_a_heading_sorts_numbers_up_then_down_with_missing_ones_last(page: Chrome, report: Report) -> None:
    seconds = sorted(v.costs.epoch_seconds for v in report.variants if v.costs is not None)
    texts = [f"{value:.2f}" for value in seconds]
    assert press(page, "epoch, s") == "ascending"
    assert column(page, "epoch, s") == [*texts, "–"]
    assert press(page, "epoch, s") == "descending"
    assert column(page, "epoch, s") == [*reversed(texts), "–"]
    assert [e.get_attribute("aria-sort") for e in page.find_elements(By.CSS_SELECTOR, "th[aria-sort]")] == [
        "descending"
    ]


def test_negative_numbers_and_grouped_digits_are_sorted_by_value(page: Chrome, report: Report) -> None:
    press(page, "interval")
    lows = [float(text.split(" to ")[0].replace("−", "-")) for text in column(page, "interval") if text != "–"]
    assert lows == sorted(lows)
    press(page, "parameters")
    numbers = [int(text.replace(",", "")) for text in column(page, "parameters") if text != "–"]
    assert numbers == sorted(numbers)


def test_names_are_sorted_by_their_words_and_then_their_numbers(page: Chrome) -> None:
    assert press(page, "variant") == "ascending"
    names = [name for name in column(page, "variant") if name.startswith("only_heat")]
    assert names == [f"only_heat_{time}" for time in ("0.25", "0.5", "1", "2", "4", "8", "16", "32")]
    heading(page, "variant").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert [name for name in column(page, "variant") if name.startswith("only_heat")] == names[::-1]


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_only_the_table_scrolls_sideways_and_its_names_stay(page: Chrome, width: int) -> None:
    metrics = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": width < 500}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    assert page.execute_script("return innerWidth") == width
    assert page.execute_script("return document.scrollingElement.scrollWidth") <= width
    container = page.find_element(By.CSS_SELECTOR, ".scroll")
    page.execute_script("arguments[0].scrollLeft = 200", container)
    name = page.find_element(By.CSS_SELECTOR, "tbody th")
    assert abs(name.rect["x"] - container.rect["x"]) <= 1
    for figure in page.find_elements(By.CSS_SELECTOR, "figure svg"):
        assert figure.rect["x"] >= 0 and figure.rect["x"] + figure.rect["width"] <= width
        assert figure.rect["width"] >= 0.9 * min(width - 32, 320)
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
