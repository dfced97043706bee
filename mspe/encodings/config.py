"""The section `encodings` of `params.yaml`."""

import logging
import math
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, create_model, field_validator

from mspe.common.section import Float, PositiveInt, Section
from mspe.encodings.filters import FILTERS, Filter

logger = logging.getLogger(__name__)

_GEOMETRIC = re.compile(r"geometric\(([^,]+),([^,]+),([^,]+)\)")


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
        raise ValueError('allowed: a list of scales, or "geometric(first, last, count)"')
    try:
        first, last, count = float(match[1]), float(match[2]), int(match[3])
    except ValueError:
        raise ValueError("geometric(first, last, count) takes two numbers and an integer") from None
    if not (0 < first < last < math.inf and count >= 2):
        raise ValueError("geometric(first, last, count) needs 0 < first < last and a count of at least 2")
    ratio = (last / first) ** (1 / (count - 1))
    return [float(f"{first * ratio**k:.12g}") for k in range(count)]


def filter_section(filter_class: type[Filter]) -> type[Section]:
    """The schema of one filter: its scales, each within the range that the filter allows."""

    def check(scales: tuple[float, ...]) -> tuple[float, ...]:
        for scale in scales:
            if not filter_class.accepts(scale):
                raise ValueError(f"{scale:g} is out of range, allowed: {filter_class.allowed}")
        if len(set(scales)) < len(scales):
            raise ValueError("each scale may stand there once")
        return scales

    number: Any = int if filter_class.number is int else Float
    scales = Annotated[
        tuple[number, ...], Field(min_length=1, strict=False), BeforeValidator(parse_scales), AfterValidator(check)
    ]
    return create_model(f"{filter_class.__name__}Params", __base__=Section, **{filter_class.parameter: (scales, ...)})  # type: ignore[call-overload]


_FiltersParams = create_model(
    "FiltersParams",
    __base__=Section,
    **{name: (filter_section(filter_class) | None, None) for name, filter_class in FILTERS.items()},  # type: ignore[call-overload]
)


class EncodingParams(Section):
    """Which filters, at which scales, and where they are used."""

    laplacian: Literal["symmetric"] = "symmetric"
    filters: _FiltersParams  # type: ignore[valid-type]
    node: bool = True
    pair: bool | Literal["auto"] = "auto"
    """`auto` is on up to graphs of `max_pair_nodes` nodes."""
    max_pair_nodes: PositiveInt = 512

    @field_validator("filters")
    @classmethod
    def _some_filter(cls, filters: Section) -> Section:
        if not any(values for _, values in filters):
            raise ValueError(f"no filter is on; give scales to at least one of {', '.join(FILTERS)}")
        return filters

    def _filters(self) -> Iterator[tuple[str, Section | None]]:
        return iter(self.filters)

    def resolve(self, max_nodes: int) -> dict[str, Any]:
        """The bank's configuration with every rule written out as numbers, as `FilterBank.from_config` takes it.

        Parameters
        ----------
        max_nodes
            Of the largest graph in the dataset; decides what `pair: auto` means.
        """
        pair = max_nodes <= self.max_pair_nodes if self.pair == "auto" else self.pair
        if self.pair == "auto" and not pair:
            logger.warning(
                "pair channels are off: the largest graph has %d nodes, encodings.max_pair_nodes is %d",
                max_nodes,
                self.max_pair_nodes,
            )
        filters = {name: values.model_dump() for name, values in self._filters() if values is not None}
        return {"filters": filters, "node": self.node, "pair": pair}
