"""A page with a variant that failed and one that is missing."""

import pytest

from mspe.ablation.report import Report
from tests.ablation.fake_report import fake_report
from tests.ablation.page.html_page import Page, render


@pytest.fixture(scope="package")
def report() -> Report:
    return fake_report(failed=["only_walk_32"], missing=["bonds"])


@pytest.fixture(scope="package")
def page(report: Report) -> Page:
    return render(report)
