"""Chromium without a window, which tells what a page has asked for and complained about."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

_OPTIONS = [
    *["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
]


@contextmanager
def opened(path: Path) -> Iterator[Chrome]:
    """Open a page; where there is no Chromium the test is skipped, and fails in continuous integration."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        reason = "no chromium or chromedriver: install Debian's packages chromium and chromium-driver"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for option in _OPTIONS:
        options.add_argument(option)
    with Chrome(options, Service(driver)) as browser:
        browser.get(path.as_uri())
        yield browser


def requested(browser: Chrome) -> list[str]:
    """What has been asked for since the last call, in order."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


def assert_quiet(browser: Chrome, path: Path) -> None:
    """The page has loaded nothing but its own file, and nothing is complained about."""
    requests = requested(browser)
    assert requests[0] == path.as_uri()
    assert [url for url in requests if not url.startswith("data:") and url != path.as_uri()] == []
    assert browser.get_log("browser") == []
