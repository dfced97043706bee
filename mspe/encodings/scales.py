"""Ways to write scales down."""

import math
import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WrapValidator

from mspe.common.section import PositiveFloat

AUTO = "auto"
MOST_SCALES = 1000
"""Channels that one filter may have: far more than any graph tells apart."""

_GEOMETRIC = re.compile(r"geometric\(([^,]+),([^,]+),([^,]+)\)")

Number = TypeVar("Number")


def parse_scales(value: Any) -> Any:
    """Turn ``"geometric(first, last, count)"`` into a list; a list is given back as it is.

    Examples
    --------
    >>> parse_scales("geometric(1, 8, 4)")
    [1.0, 2.0, 4.0, 8.0]
    """
    if not isinstance(value, str):
        return tuple(value) if isinstance(value, list) else value
    match = _GEOMETRIC.fullmatch(value.strip())
    if match is None:
        raise ValueError('allowed: a list of scales, "geometric(first, last, count)", or auto')
    try:
        first, last, count = float(match[1]), float(match[2]), int(match[3])
    except ValueError:
        raise ValueError("geometric(first, last, count) takes two numbers and an integer") from None
    if not (0 < first < last < math.inf and 2 <= count <= MOST_SCALES):
        raise ValueError(f"geometric(first, last, count) needs 0 < first < last and a count of 2 to {MOST_SCALES}")
    return geometric(first, last, count)


def geometric(first: float, last: float, count: int) -> list[float]:
    """Return scales with a constant ratio, both ends included, to twelve digits."""
    ratio = (last / first) ** (1 / (count - 1))
    return [float(f"{first * ratio**k:.12g}") for k in range(count)]


def _auto_or_scales(value: Any, check: Callable[[Any], Any]) -> Any:
    return AUTO if value == AUTO else check(parse_scales(value))


def _distinct(scales: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(scales)) < len(scales):
        raise ValueError("duplicate scales; list each once")
    return scales


def _listed(value: Any) -> Any:
    if value == AUTO:
        raise ValueError('auto has no rule here; allowed: a list of scales, or "geometric(first, last, count)"')
    return parse_scales(value)


Time = Annotated[PositiveFloat, Field(le=1e9)]
"""The type of a time t of diffusion: λ = 0 is known to about 1e-15, and e^(−tλ) is 1 there up to 1e9."""

Listed = Annotated[
    tuple[Number, ...],
    Field(min_length=1, max_length=MOST_SCALES, strict=False),
    AfterValidator(_distinct),
    BeforeValidator(_listed),
]
"""The type of scales that no rule reads off a dataset: as `Scales`, without `auto`."""

Scales = Annotated[
    tuple[Number, ...],
    Field(min_length=1, max_length=MOST_SCALES, strict=False),
    AfterValidator(_distinct),
    WrapValidator(_auto_or_scales),
]
"""The type of a filter's scales: at least one, distinct, each of a type with its range; or `auto`."""
