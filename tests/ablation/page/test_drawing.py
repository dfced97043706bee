"""How the figures are drawn: legible on a phone, and without touching anybody's settings."""

import re
import xml.etree.ElementTree as ET

import matplotlib

from mspe.ablation.page.differences import all_differences
from mspe.ablation.report import Report
from tests.ablation.page.html_page import Page


def test_text_of_the_figures_is_large_enough_for_a_phone(page: Page) -> None:
    """Shown 328 pixels wide, on a screen of 360, no letter is lower than 8 pixels."""
    for drawing in page.drawings:
        width = float(drawing.get("viewBox", "").split()[2])
        sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", ET.tostring(drawing, "unicode"))]
        assert min(sizes) * 328 / width >= 8


def test_drawing_leaves_no_setting_behind(report: Report) -> None:
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 30}):  # nor is a user's own taken over
        large = all_differences(report)
    assert large == all_differences(report) and dict(matplotlib.rcParams) == before
