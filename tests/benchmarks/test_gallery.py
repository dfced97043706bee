"""The gallery is what its script makes, and small."""

import re

from benchmarks.gallery import PICTURES, ROWS, TARGET, draw, page
from tests.conftest import ROOT


def test_the_page_is_up_to_date_and_its_pictures_are_there() -> None:
    written = (ROOT / TARGET).read_text(encoding="utf-8")
    assert written == page(), "run python -m benchmarks.gallery"
    shown = [ROOT / TARGET.parent / path for path in re.findall(r"!\[\w+\]\(([^)]+)\)", written)]
    assert sorted(shown) == sorted((ROOT / PICTURES).iterdir()) and len(shown) == 10
    assert sum(path.stat().st_size for path in shown) < 600_000


def test_a_picture_has_three_graphs_by_four_channels() -> None:
    panels = draw(ROWS[0]).axes
    assert [len(axes.collections[1].get_array()) for axes in panels] == [14] * 4 + [28] * 4 + [16] * 4
    assert [axes.get_title() for axes in panels[:4]] == ["walk(2)", "walk(3)", "walk(8)", "walk(16)"]
