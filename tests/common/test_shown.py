"""Given values in messages: one line, bounded, whatever they are."""

from datetime import date
from typing import Any

import pytest

from mspe.common.shown import dotted, shortened, shown

RECURSIVE: list[Any] = []
RECURSIVE.append(RECURSIVE)


@pytest.mark.parametrize(
    "value",
    ["x" * 10**6, 10**100, 1 << 10**6, [0] * 10**6, {"k" * 500: ["v" * 500] * 500}, RECURSIVE, "\x1b\n", b"\0" * 99],
    ids=["text", "digits", "bits", "list", "mapping", "inside itself", "control", "bytes"],
)  # fmt: skip
def test_any_value_is_one_short_line(value: Any) -> None:
    assert len(shown(value)) <= 80 and shown(value).isprintable()
    assert len(shortened(str(type(value)) * 99, 40)) <= 40


@pytest.mark.parametrize("value", ["heat", -1, 0.1, True, None, [1, 2], {"lr": 1.0}, date(2024, 1, 1)])
def test_a_short_value_is_written_as_python_does(value: Any) -> None:
    assert shown(value) == repr(value)


def test_a_path_is_bounded_too() -> None:
    assert dotted(["model", "heads"]) == "model.heads"
    assert len(dotted(["a\n" * 99] * 99)) <= 160 and dotted(["a\n" * 99] * 99).isprintable()
