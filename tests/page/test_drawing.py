"""Figures say what they show, are equal for equal input, and touch nobody's settings."""

import xml.etree.ElementTree as ET

import matplotlib
from matplotlib.axes import Axes

from mspe.page.drawing import draw, grid


def line(axes: Axes) -> None:
    axes.plot([0, 1], [2, 3])
    axes.set_xlabel("costs $5 or $6")
    grid(axes, "y")


def test_a_figure_is_an_element_that_says_what_it_shows_with_ids_of_its_own() -> None:
    first, second = (ET.fromstring(draw(line, name, 'a "line" & more', 3, 2)) for name in ("first", "second"))
    assert first.get("aria-label") == 'a "line" & more' and first.get("role") == "img"
    ids = [{one.get("id") for one in figure.iter() if one.get("id")} for figure in (first, second)]
    assert ids[0] and not ids[0] & ids[1]


def test_drawing_leaves_no_setting_behind() -> None:
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 30}):  # nor is a user's own taken over
        large = draw(line, "line", "a line", 3, 2)
    assert large == draw(line, "line", "a line", 3, 2) and dict(matplotlib.rcParams) == before
