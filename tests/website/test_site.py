"""The site, built strictly: every link and picture is there, and nothing is asked of another place."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import presence_of_element_located
from selenium.webdriver.support.wait import WebDriverWait

import mspe
from tests.ablation.browser import opened, requested
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "link": "href"}


class References(HTMLParser):
    """What a page loads, what it links to, and the places in it that may be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag in LOADED and LOADED[tag] in values and values.get("rel") not in ("next", "prev"):
            self.loaded.append(values[LOADED[tag]])
        if tag == "a" and "href" in values and "download" not in values:
            self.links.append(values["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, References]:
    return {path: References(path) for path in site.rglob("*.html") if path.name != "404.html"}


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, References]) -> None:
    assert len(pages) > 30
    for path, page in pages.items():
        elsewhere = [url for url in page.loaded if urlsplit(url).netloc]
        assert elsewhere == [], path
    for sheet in site.rglob("*.css"):
        urls = re.findall(r"url\(([^)]+)\)|@import\s+[\"']([^\"']+)", sheet.read_text("utf-8"))
        assert [url for pair in urls for url in pair if url.strip("\"'").startswith(("http:", "https:", "//"))] == []


def test_every_link_and_picture_is_there(site: Path, pages: dict[Path, References]) -> None:
    for path, page in pages.items():
        for url in [*page.links, *page.loaded]:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path.relative_to(site)}: {url}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].anchors, f"{path.relative_to(site)}: {url}"


def test_pages_that_are_made_while_it_is_built_are_there(site: Path) -> None:
    assert "training.optimizer.lr" in (site / "reference" / "parameters.html").read_text("utf-8")
    assert '<img alt="png"' in (site / "notebooks" / "train_and_look.html").read_text("utf-8")
    front = (site / "index.html").read_text("utf-8")
    assert "lowers the test MAE" in front and "make repro" not in front  # README, up to the pipeline


def test_whatever_the_package_exports_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "api.html").read_text("utf-8")
    homes = {name: f"{getattr(mspe, name).__module__}.{name}" for name in mspe.__all__ if not name.startswith("_")}
    assert [home for home in homes.values() if f'id="{home}"' not in page] == []


def test_the_search_works_in_a_page_that_is_opened_as_a_file(site: Path) -> None:
    with opened(site / "index.html") as browser:
        browser.find_element(By.CSS_SELECTOR, "label.md-header__button[for=__search], .md-search__input").click()
        browser.find_element(By.CSS_SELECTOR, ".md-search__input").send_keys("PageRank")
        results = presence_of_element_located((By.CSS_SELECTOR, ".md-search-result__link"))
        WebDriverWait(browser, 60).until(results)
        found = [
            link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, ".md-search-result__link")
        ]
        assert any("filters.html" in (href or "") for href in found), found
        assert [url for url in requested(browser) if url.startswith(("http:", "https:"))] == []
