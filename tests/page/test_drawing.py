"""Figures say what they show, are equal for equal input, and touch nobody's settings."""

import io
import xml.etree.ElementTree as ET
from typing import get_args

import matplotlib
import pytest
from matplotlib.axes import Axes

from mspe.page.drawing import Drawing, Format, Picture, grid


def line(axes: Axes) -> None:
    axes.plot([0, 1], [2, 3])
    axes.set_xlabel("costs $5 or $6")
    grid(axes, "y")


def test_a_figure_is_an_element_that_says_what_it_shows_with_ids_of_its_own() -> None:
    first, second = (
        ET.fromstring(Drawing(line, name, 'a "line" & more', 3, 2).element()) for name in ("first", "second")
    )
    assert first.get("aria-label") == 'a "line" & more' and first.get("role") == "img"
    ids = [{one.get("id") for one in figure.iter() if one.get("id")} for figure in (first, second)]
    assert ids[0] and not ids[0] & ids[1]


def test_drawing_leaves_no_setting_behind() -> None:
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 30}):  # nor is a user's own taken over
        large = Drawing(line, "line", "a line", 3, 2).element()
    assert large == Drawing(line, "line", "a line", 3, 2).element() and dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("kind", get_args(Format))
def test_a_figure_is_a_file_of_equal_bytes(kind: Format) -> None:
    files = [io.BytesIO() for _ in range(2)]
    for file in files:
        Drawing(line, "line", "a line", 3, 2).write(file, kind)
    begins = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}[kind]
    assert files[0].getvalue() == files[1].getvalue() and files[0].getvalue().startswith(begins)


def test_a_picture_of_a_page_is_its_drawing() -> None:
    drawing = Drawing(line, "line", "a line", 3, 2)
    assert Picture(drawing, "A line.", {"x": [0, 1], "y": [2, 3]}).svg == drawing.element()
