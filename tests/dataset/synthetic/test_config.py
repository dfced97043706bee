"""The section `dataset.synthetic`: what is allowed there by itself."""

from typing import Any

import pytest

from mspe.common.errors import MspeError
from mspe.common.section import validate
from mspe.dataset import DatasetParams
from mspe.dataset.synthetic.config import SyntheticParams


@pytest.mark.parametrize(
    ("given", "sizes"), [(7, (7, 7)), ([5, 9], (5, 9)), ((5, 9), (5, 9)), ([6, 6], (6, 6)), (None, None)]
)
def test_a_size_is_a_number_or_a_range(given: Any, sizes: tuple[int, int] | None) -> None:
    params = validate(SyntheticParams, {"size": given, "shift": {"size": given}}, "test")
    assert params.size == params.shift.size == sizes
    assert params.shift.changes == ({} if sizes is None else {"size": sizes})
    assert validate(SyntheticParams, params.model_dump(), "test") == params


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("size", 1, "size: got 1, allowed: nodes from 2 to 2000, as one number or as [low, high]"),
        ("size", [9, 5], "size: got [9, 5], allowed: nodes from 2 to 2000"),
        ("size", [5, 9, 10], "size: got [5, 9, 10], allowed: nodes"),
        ("size", "50", "size: got '50', allowed: nodes"),
        ("size", True, "size: got True, allowed: nodes"),
        ("size", 2.5, "size: got 2.5, allowed: nodes"),
        ("graphs", 9, "graphs: got 9, input should be greater than or equal to 10"),
        ("degree", 0, "degree: got 0, input should be greater than or equal to 1"),
        ("rewiring", 1.5, "rewiring: got 1.5, input should be less than or equal to 1"),
        ("mixing", 1.0, "mixing: got 1.0, input should be less than 1"),
        ("cycle_length", 6, "cycle_length: got 6, input should be 3, 4 or 5"),
        ("noise", -1, "noise: got -1, input should be greater than or equal to 0"),
        ("seed", -1, "seed: got -1, input should be greater than or equal to 0"),
        ("shift", {"degree": 3}, "shift.degree: unknown key; known here: generator, size"),
        ("shift", {"size": 1}, "shift.size: got 1, allowed: nodes from 2 to 2000"),
        ("sice", 50, "sice: unknown key; known here: as_classes, blocks, branching, classes, cycle_length, degree, "),
    ],
)
def test_a_wrong_value_is_one_line_with_its_full_path(key: str, value: Any, message: str) -> None:
    with pytest.raises(MspeError) as raised:
        validate(DatasetParams, {"synthetic": {key: value}}, "test")
    assert str(raised.value).startswith(f"test: synthetic.{message}") and "\n" not in str(raised.value)
