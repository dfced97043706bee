"""A page with a variant that failed and one that is missing."""

import pytest

from mspe.ablation.report import Report
from tests.ablation import fake_report
from tests.ablation.page.html_page import Page, render


@pytest.fixture(scope="package")
def report() -> Report:
    return fake_report.report(failed="only_heat", missing="without_walk")


@pytest.fixture(scope="package")
def page(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return render(tmp_path_factory.mktemp("page"), report)
