"""Strict sections: what each type takes, and that every mistake is named by its whole path."""

from typing import Any

import pytest
from pydantic import Field, field_validator

from mspe.common.errors import MspeError
from mspe.common.section import (
    Float,
    NonNegativeFloat,
    NonNegativeInt,
    PathError,
    PositiveFloat,
    PositiveInt,
    Probability,
    Section,
    Tuple,
    validate,
    validate_part,
)


class Wheel(Section):
    spokes: PositiveInt = 32
    load: Float = 0.5


class Cart(Section):
    name: str
    wheel: Wheel = Wheel()
    spare: Wheel | None = None
    loads: Tuple[PositiveFloat] = ()
    parts: dict[str, Any] = Field(default_factory=dict)

    @field_validator("parts")
    @classmethod
    def _parts_are_wheels(cls, parts: dict[str, Any]) -> dict[str, Any]:
        for name, value in parts.items():
            only = None if isinstance(value, dict) else "spokes"
            validate_part(Wheel, value if only is None else {only: value}, (name,), only_field=only)
        return parts


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "name: missing; add it to the file"),
        ({"name": 3}, "name: got 3, input should be a valid string"),
        ({"name": "a", "axle": 1}, "axle: unknown key; known here: loads, name, parts, spare, wheel"),
        ({"name": "a", "wheel": {"spoke": 1}}, "wheel.spoke: unknown key; known here: load, spokes"),
        ({"name": "a", "spare": {"spoke": 1}}, "spare.spoke: unknown key; known here: load, spokes"),
        ({"name": "a", "wheel": {"spokes": 0}}, "wheel.spokes: got 0, input should be greater than 0"),
        ({"name": "a", "loads": [1.0, -2.0]}, "loads.1: got -2.0, input should be greater than 0"),
        ({"name": "a", "parts": {"left": 0}}, "parts.left: got 0, input should be greater than 0"),
        ({"name": "a", "parts": {"left": {"spokes": 0}}}, "parts.left.spokes: got 0, input should be greater than 0"),
        ({"name": "a", "parts": {"left": {"rim": 0}}}, "parts.left.rim: unknown key; known here: load, spokes"),
        ({"name": "a", "loads": 2.5}, "loads: got 2.5, allowed: a list, as [2.5]"),
        ({"name": "a", "loads": None}, "loads: got None, allowed: a list"),
        ({"name": "a", "loads": {"first": 1}}, "loads: allowed: a list"),
        ({"name": "a", "parts": 3}, "parts: got 3, allowed: a mapping of parameters"),
        ([], "got [], allowed: a mapping of parameters"),
        (None, "got None, allowed: a mapping of parameters"),
        ({"name": "a", "wheel": 3}, "wheel: got 3, allowed: a mapping of parameters"),
    ],
)
def test_a_mistake_is_named_by_source_and_path(values: Any, message: str) -> None:
    with pytest.raises(MspeError) as raised:
        validate(Cart, values, "cart.yaml")
    assert str(raised.value).startswith("cart.yaml: ") and message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_all_mistakes_stand_in_one_line() -> None:
    with pytest.raises(MspeError) as raised:
        validate(Cart, {"wheel": {"spokes": True}, "loads": ["heavy"]}, "cart.yaml")
    paths = [problem.split(": ")[0] for problem in str(raised.value).removeprefix("cart.yaml: ").split("; ")]
    assert [path for path in paths if path != "add it to the file"] == ["name", "wheel.spokes", "loads.0"]


class Numbers(Section):
    any_float: Float = 0.0
    positive: PositiveFloat = 1.0
    non_negative: NonNegativeFloat = 0.0
    probability: Probability = 0.0
    count: PositiveInt = 1
    index: NonNegativeInt = 0


@pytest.mark.parametrize(
    ("field", "allowed", "refused"),
    [
        ("any_float", [0, -1, 2.5, "1e-05"], [True, "fast", float("nan"), float("inf"), None, [1.0]]),
        ("positive", [1, 1e-9, "0.5"], [0, -1.0, False]),
        ("non_negative", [0, 0.5], [-1e-9, True]),
        ("probability", [0, 0.999], [1, 1.0, -0.1]),
        ("count", [1, 10**12], [0, -1, 1.0, "1", True]),
        ("index", [0, 1], [-1, 0.0, "0", False]),
    ],
)
def test_a_number_is_what_its_type_says_and_no_boolean(field: str, allowed: list, refused: list) -> None:
    for value in allowed:
        assert getattr(validate(Numbers, {field: value}, "test"), field) == float(value)
    for value in refused:
        with pytest.raises(MspeError, match=f"^test: {field}"):
            validate(Numbers, {field: value}, "test")


@pytest.mark.parametrize("value", [10**30, "x" * 10**5, [[0] * 99] * 999, {f"key {k}": k for k in range(999)}])
def test_a_message_is_bounded_whatever_was_given(value: Any) -> None:
    for values in ({"count": value}, {"index": value}, {f"key {k}": value for k in range(999)}, value):
        with pytest.raises(MspeError) as raised:
            validate(Numbers, values, "test")
        assert len(str(raised.value)) <= 450 and str(raised.value).isprintable()


def test_problems_that_do_not_fit_are_counted() -> None:
    with pytest.raises(MspeError, match=r"^test: key 0: unknown key; known here: .*; and 99\d more problems$"):
        validate(Numbers, {f"key {k}": k for k in range(1000)}, "test")


def test_a_section_survives_its_dump_and_cannot_be_changed() -> None:
    cart = validate(Cart, {"name": "a", "spare": {"spokes": 3}, "loads": [1, 2.5], "parts": {"left": 4}}, "test")
    assert validate(Cart, cart.model_dump(), "test") == validate(Cart, cart.model_dump(mode="json"), "test") == cart
    assert cart.loads == (1.0, 2.5)
    with pytest.raises(ValueError, match="frozen"):
        cart.name = "b"  # type: ignore[misc]


def test_a_path_error_reads_as_path_and_message() -> None:
    error = PathError(("filters", 0, "times"), "got 0, allowed: more")
    assert (str(error), error.path) == ("filters.0.times: got 0, allowed: more", ("filters", 0, "times"))
    assert str(PathError((), "got 0")) == "got 0"
