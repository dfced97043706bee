"""The page of parameters holds every key that a file of parameters may have."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from mspe.encodings import ENCODINGS
from tests.conftest import ROOT
from website.parameters import parameter_page

PAGE = parameter_page()
ROWS = {row[0]: row for row in re.findall(r"^\| \**`([^`]+)`\** \| (.*?) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)}


def keys(values: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The dotted paths of a file's values; an encoding is told by its name, and its scales with it."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value and not (path == "encodings.filters." or name == "definitions"):
            yield from keys(value, f"{path}{name}.")
        else:
            yield path + name


@pytest.mark.parametrize("file", ["params.yaml", "ablation/params.yaml"])
def test_every_key_of_the_files_has_a_row(file: str) -> None:
    given = list(keys(yaml.safe_load((ROOT / file).read_text("utf-8"))))
    known = {*ROWS, *re.findall(r"^## `([a-z_.]+)`$", PAGE, re.MULTILINE)}
    assert len(given) > 5 and [key for key in given if key not in known] == []


def test_every_parameter_of_every_encoding_has_a_row() -> None:
    for name, encoding in ENCODINGS.items():
        (row,) = (key for key in ROWS if re.fullmatch(rf"encodings\.(filters\.)?{name}", key))
        assert all(f"{row}.{parameter}" in ROWS for parameter in encoding.Params.model_fields)


def test_a_row_has_type_range_default_and_meaning() -> None:
    assert ROWS["training.optimizer.lr"][1:3] == ("number > 0", "`0.0001`, set to `0.001`")
    assert ROWS["training.epochs"][1:] == (
        "whole number > 0; `auto`",
        '`100`, set to `"auto"`',
        "Passes over the training part.",
    )
    assert ROWS["model.dropout"][1] == "number ≥ 0, < 1"
    assert ROWS["evaluation.split"][1] == "`train`, `val`, `test`"


def test_whatever_is_no_encodings_parameter_says_what_it_means() -> None:
    assert [key for key, row in ROWS.items() if not row[3] and not key.startswith("encodings.")] == []
