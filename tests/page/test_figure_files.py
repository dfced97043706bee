"""Figures as files, with their numbers."""

import json
from pathlib import Path

import pytest
from matplotlib.axes import Axes

from mspe.common.errors import MspeError
from mspe.page.drawing import Drawing, Picture
from mspe.page.figure_files import is_folder, save_figures


def line(axes: Axes) -> None:
    axes.plot([0, 1], [2, 3])


PICTURE = Picture(Drawing(line, "line", "A line.", 3, 2), "It rises.", {"x": [0, 1], "y": [2.5, None]})


def test_each_figure_is_written_in_five_ways(tmp_path: Path) -> None:
    save_figures(tmp_path / "figures", [PICTURE])
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {f"line.{ending}" for ending in ("svg", "pdf", "png", "csv", "json")}
    assert (tmp_path / "figures" / "line.csv").read_text() == "x,y\n0,2.5\n1,\n"
    content = json.loads((tmp_path / "figures" / "line.json").read_text())
    assert content == {"caption": "It rises.", "alt": "A line.", "data": {"x": [0, 1], "y": [2.5, None]}}


def test_a_folder_is_told_by_its_slash_or_by_being_there(tmp_path: Path) -> None:
    assert is_folder(f"{tmp_path}/new/") and is_folder(tmp_path)
    assert not is_folder(tmp_path / "new") and not is_folder("page.html")


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("")
    with pytest.raises(MspeError, match="cannot write"):
        save_figures(tmp_path / "figures", [PICTURE])
