"""Options held against what is allowed."""

from typing import Any

import numpy as np
import pytest

from mspe.common.errors import MspeError
from mspe.training.checks import check_instance, check_integer, check_number, check_positive


def test_numbers_of_numpy_are_numbers() -> None:
    assert check_integer("k", np.int64(3)) == 3 and type(check_integer("k", np.int64(3))) is int
    assert check_number("k", np.float32(0.5)) == 0.5 and check_positive("k", 2) == 2.0


@pytest.mark.parametrize("value", [0, -1, 1.0, 1.5, True, "3", None, [1], float("nan")])
def test_what_is_no_integer_or_too_small_is_refused(value: Any) -> None:
    with pytest.raises(MspeError, match=r"^k: got .*, allowed: an integer of at least 1$"):
        check_integer("k", value)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), True, "1.0", None, [1.0]])
def test_what_is_no_finite_number_is_refused(value: Any) -> None:
    with pytest.raises(MspeError, match=r"^k: got .*, allowed: a number of at least 0$"):
        check_number("k", value)
    with pytest.raises(MspeError, match=r"^k: got .*, allowed: a number above 0$"):
        check_positive("k", 0 if value is None else value)


def test_a_value_of_another_kind_is_named_without_its_content() -> None:
    check_instance("k", "x", str, "text")
    for value, shown in ((None, "None"), ("x", "'x'"), (list(range(99)), "a list")):
        with pytest.raises(MspeError, match=f"^k: got {shown}, allowed: a mapping$"):
            check_instance("k", value, dict, "a mapping")
