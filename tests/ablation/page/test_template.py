"""Templates are filled whole, and text cannot become markup."""

import base64

import jinja2
import pytest

from mspe.ablation.page.template import data_uri, render


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="'columns' is undefined"):
        render("matrix.html.jinja", rows=[], baseline="none")


def test_text_is_escaped_and_numbers_keep_their_units() -> None:
    values = {"rows": [], "columns": [], "baseline": "<b>", "answers": [], "margin": "± 5 %", "level": "95 %"}
    page = render("matrix.html.jinja", answer="by 5 %", download={"name": "x", "href": "y"}, **values)
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert "by 5\u00a0%" in page and "±\u00a05\u00a0%" in page


def test_a_file_is_its_own_address() -> None:
    kind, content = data_uri("text/csv", "a,ß\n").split(";charset=utf-8;base64,")
    assert kind == "data:text/csv" and base64.b64decode(content).decode() == "a,ß\n"
