"""The section `encodings` of `params.yaml`."""

import logging
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WrapValidator, create_model

from mspe.common.errors import MspeError
from mspe.common.section import Float, NonNegativeInt, PositiveInt, Section
from mspe.encodings.distances import distance_names
from mspe.encodings.filters import FILTERS, Learned, ScaleFilter
from mspe.encodings.presets import PRESETS
from mspe.encodings.scales import AUTO, auto_scales, parse_scales
from mspe.encodings.spectrum import Backend, choose_backend

logger = logging.getLogger(__name__)


class LearnedParams(Section):
    """Of the filter `learned`."""

    channels: PositiveInt


def filter_section(filter_class: type[ScaleFilter] | type[Learned]) -> type[Section]:
    """The schema of one filter: its scales, each within the range that the filter allows, or `auto`."""
    if not issubclass(filter_class, ScaleFilter):
        return LearnedParams

    def check(scales: tuple[float, ...]) -> tuple[float, ...]:
        for scale in scales:
            if not filter_class.accepts(scale):
                raise ValueError(f"{scale:g} is out of range, allowed: {filter_class.allowed}")
        if len(set(scales)) < len(scales):
            raise ValueError("each scale may stand there once")
        return scales

    number: Any = int if filter_class.number is int else Float
    scales = Annotated[
        tuple[number, ...], Field(min_length=1, strict=False), AfterValidator(check), WrapValidator(_auto_or_scales)
    ]
    fields: dict[str, Any] = {filter_class.parameter: (scales, ...)}
    return create_model(f"{filter_class.__name__}Params", __base__=Section, **fields)


def _auto_or_scales(value: Any, check: Callable[[Any], Any]) -> Any:
    return AUTO if value == AUTO else check(parse_scales(value))


_filter_fields: dict[str, Any] = {
    name: (filter_section(filter_class) | None, None) for name, filter_class in FILTERS.items()
}
FiltersParams = create_model("FiltersParams", __base__=Section, **_filter_fields)


class EncodingParams(Section):
    """Which filters, at which scales, and where they are used."""

    preset: Literal["default", "rwse", "rrwp", "lappe", "hkse", "spd", "none"] | None = None
    """A published encoding by name; it replaces the keys below down to `distance`."""
    filters: FiltersParams = FiltersParams()  # type: ignore[valid-type]
    node: bool = True
    pair: bool | Literal["auto"] = "auto"
    """`auto` is on up to graphs of `max_pair_nodes` nodes."""
    trainable: bool = False
    """Whether times and restarts are parameters of the model, starting from the scales given."""
    degree: bool = False
    eigenvectors: NonNegativeInt = 0
    distance: PositiveInt | None = None
    laplacian: Literal["symmetric"] = "symmetric"
    max_pair_nodes: PositiveInt = 512
    backend: Literal["auto", "dense", "chebyshev", "stochastic"] = "auto"

    def resolve(self, max_nodes: int, spectral_range: tuple[float, float]) -> dict[str, Any]:
        """The bank's configuration with every rule written out as numbers, as `FilterBank.from_config` takes it.

        Parameters
        ----------
        max_nodes
            Of the largest graph in the dataset; decides what `auto` means for pair channels and the backend.
        spectral_range
            Medians over the training graphs of the largest eigenvalue and of the smallest above zero, from which
            scales given as `auto` are read.

        Raises
        ------
        MspeError
            If pair channels are asked for where the largest graph has too many nodes.
        """
        config = self._wanted()
        config["filters"] = {
            name: _resolve_filter(name, values, spectral_range) for name, values in config["filters"].items()
        }
        backend = choose_backend(self.backend, max_nodes)
        fits = backend == "dense" and max_nodes <= self.max_pair_nodes
        asked = bool(config["filters"]) and config["pair"]
        if config["distance"] is not None and not fits:
            raise MspeError(
                _too_large("encodings.distance", max_nodes, len(distance_names(config["distance"])), backend)
            )
        if asked is True and not fits:
            channels = sum(
                len(next(iter(values.values()))) for name, values in config["filters"].items() if name != "learned"
            )
            raise MspeError(_too_large("encodings.pair", max_nodes, channels, backend))
        if asked == AUTO and not fits:
            logger.warning(
                "pair channels are off: the largest graph has %d nodes, encodings.max_pair_nodes is %d, backend %s",
                *(max_nodes, self.max_pair_nodes, backend),
            )
        return {**config, "pair": bool(asked) and fits, "trainable": self.trainable}

    def _wanted(self) -> dict[str, Any]:
        """What was asked for, a preset written out."""
        nothing = {"degree": False, "eigenvectors": 0, "distance": None}
        if self.preset is not None:
            preset = {**nothing, **PRESETS[self.preset]}
            return {**preset, "pair": AUTO if preset["pair"] else False}
        filters = {name: values.model_dump(warnings=False) for name, values in self._filters() if values is not None}
        names = ("node", "pair", "degree", "eigenvectors", "distance")
        return {"filters": filters, **{name: getattr(self, name) for name in names}}

    def _filters(self) -> Iterator[tuple[str, Section | None]]:
        return iter(self.filters)


def _resolve_filter(name: str, values: dict[str, Any], spectral_range: tuple[float, float]) -> dict[str, Any]:
    filter_class = FILTERS[name]
    if not issubclass(filter_class, ScaleFilter) or values[filter_class.parameter] != AUTO:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    return {filter_class.parameter: auto_scales(filter_class, *spectral_range)}


def _too_large(parameter: str, max_nodes: int, channels: int, backend: Backend) -> str:
    gigabytes = 4 * max_nodes**2 * channels / 1e9
    return (
        f"{parameter}: the largest graph has {max_nodes} nodes (backend {backend}), and {channels} pair channels of it "
        f"would take {gigabytes:.1f} GB; set encodings.pair=auto and encodings.distance=null, or raise "
        "encodings.max_pair_nodes and set encodings.backend=dense"
    )
