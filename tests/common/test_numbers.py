"""Numbers that users write."""

import math

import pytest
import torch

from mspe.common.numbers import is_not_finite, parse_number

LARGEST = str(torch.finfo(torch.float32).max)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0", 0.0), (" -1.5 ", -1.5), ("1e-3", 0.001), (".5", 0.5), ("+2", 2.0), (LARGEST, float(LARGEST))],
)
def test_a_number_is_read_as_it_is_written(cell: str, value: float) -> None:
    assert parse_number(cell) == value and not is_not_finite(cell)


@pytest.mark.parametrize("cell", ["", " ", "\t"])
def test_an_empty_cell_is_unknown(cell: str) -> None:
    value = parse_number(cell)
    assert value is not None and math.isnan(value)
    assert not is_not_finite(cell)


@pytest.mark.parametrize("cell", ["high", "1,5", "1_000", "0x10", "1 2", "--1"])
def test_a_word_is_no_number(cell: str) -> None:
    assert parse_number(cell) is None


@pytest.mark.parametrize("cell", ["nan", "inf", "-Infinity", "1e39", "-1e999"])
def test_what_a_float32_cannot_hold_is_no_number_and_told_from_a_word(cell: str) -> None:
    assert parse_number(cell) is None and is_not_finite(cell)
    assert not is_not_finite("high")
