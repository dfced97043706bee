"""Templates are filled whole, and text cannot become markup."""

import base64
from pathlib import Path

import jinja2
import pytest

from mspe.page.template import data_uri, render


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.html.jinja"
    path.write_text('<style>{% include "style.css" %}</style>{{ answer | unbroken }}{{ end }}')
    return path


def test_a_missing_value_is_an_error(template: Path) -> None:
    with pytest.raises(jinja2.UndefinedError, match="'end' is undefined"):
        render(template, answer="")


def test_text_is_escaped_and_numbers_keep_their_units(template: Path) -> None:
    assert render(template, answer="<b> by 5 % ± 1 %", end="").endswith("&lt;b&gt; by 5\u00a0% ±\u00a01\u00a0%")


def test_the_style_of_all_pages_is_included(template: Path) -> None:
    assert "figcaption" in render(template, answer="", end="")


def test_a_file_is_its_own_address() -> None:
    kind, content = data_uri("text/csv", "a,ß\n").split(";charset=utf-8;base64,")
    assert kind == "data:text/csv" and base64.b64decode(content).decode() == "a,ß\n"
