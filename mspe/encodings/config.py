"""The section `encodings` of `params.yaml`, and the bank that it resolves to."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_serializer, model_validator

from mspe.common.errors import MspeError
from mspe.common.json_files import read_json
from mspe.common.plugins import check_has_copy, load_plugins
from mspe.common.registry import choose
from mspe.common.section import PathError, PositiveInt, Section, Tuple, validate, validate_part
from mspe.common.shown import shown
from mspe.encodings.encoding import Encoding
from mspe.encodings.presets import PRESETS
from mspe.encodings.registry import ENCODINGS, known_filters, known_others
from mspe.encodings.scales import AUTO
from mspe.encodings.spectrum import DENSE_MAX_NODES, choose_backend, further
from mspe.encodings.statistics import GraphStatistics

logger = logging.getLogger(__name__)

EDGES: Final = "edges"

PresetName = Literal[
    "default", "rwse", "rrwp", "lappe", "hkse", "spd", "elstatic", "peg", "rd", "spe", "r_pearl", "b_pearl", "maglappe",
    "mose", "spse", "cipe", "hdse", "gsn", "none",
]  # fmt: skip


def read_params(encoding: type[Encoding], value: Any, path: tuple[str, ...] = ()) -> Section | None:
    """Read what stands under an encoding's key.

    Nothing, false and 0 turn it off; true takes its defaults, where each parameter has one; a mapping holds its
    parameters, and any other value is its only parameter, or the only one without a default.

    Raises
    ------
    ValueError
        If a parameter is not allowed; it knows the path.
    """
    if value is None or (isinstance(value, int) and not value):
        return None
    fields = encoding.Params.model_fields
    if value is True and not any(field.is_required() for field in fields.values()):
        value = {}
    if isinstance(value, Mapping):
        return validate_part(encoding.Params, value, path)
    only = _alone(encoding)
    if only is None:
        mapping = f", or a mapping of {', '.join(fields)}" if fields else ""
        raise PathError(path, f"got {shown(value)}, allowed: true, false{mapping}")
    return validate_part(encoding.Params, {only: value}, path, only_field=only)


def _alone(encoding: type[Encoding]) -> str | None:
    """The parameter that may stand without its key."""
    fields = encoding.Params.model_fields
    required = [name for name, field in fields.items() if field.is_required()]
    candidates = required or list(fields)
    return candidates[0] if len(candidates) == 1 else None


def default_params(encoding: type[Encoding]) -> dict[str, Any]:
    """Return what stands under an encoding's key where nothing is given: `auto` for parameters without a default."""
    return {name: AUTO for name, field in encoding.Params.model_fields.items() if field.is_required()}


def write_params(encoding: Encoding) -> Any:
    """Return an encoding's parameters in the shortest form that `read_params` reads back as the same."""
    values = encoding.params.model_dump(mode="json")
    alone = _alone(type(encoding))
    short = True if not values else values if alone is None else values[alone]
    if isinstance(short, Mapping):
        return values
    return short if read_params(type(encoding), short) == encoding.params else values


class BankConfig(Section):
    """A resolved bank, every rule written out as numbers: what `bank.json`, checkpoints and the ablation hold.

    As plain values, an encoding that is no filter stands beside the other keys under its own name.
    """

    filters: dict[str, dict[str, Any]] = Field(default_factory=dict)
    trainable: bool = False
    node: bool = True
    """Whether encodings with channels of both kinds, filters and others, have node channels."""
    pair: bool | Literal["edges"] = True
    """Whether encodings with channels of both kinds have pair channels; `edges`: at the edges alone."""
    max_pair_nodes: PositiveInt | None = None
    """Pair channels of a graph with more nodes are zeros; None where every graph of the dataset has them."""
    others: dict[str, Any] = Field(default_factory=dict)
    """Encodings that are no filters, by name, as `encodings` of `params.yaml` has them."""
    node_channels: Tuple[str] = ()
    pair_channels: Tuple[str] = ()
    edge_channels: Tuple[str] = ()

    @model_validator(mode="before")
    @classmethod
    def _collect_others(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        own = {name: value for name, value in values.items() if name in cls.model_fields}
        further = {name: value for name, value in values.items() if name not in cls.model_fields}
        return {**own, "others": {**own.get("others", {}), **further}}

    @model_serializer
    def _write_flat(self) -> dict[str, Any]:
        switches = {"trainable": self.trainable, "node": self.node, "pair": self.pair}
        channels = {"node_channels": list(self.node_channels), "pair_channels": list(self.pair_channels)}
        channels |= {"edge_channels": list(self.edge_channels)} if self.edge_channels else {}
        limit = {} if self.max_pair_nodes is None else {"max_pair_nodes": self.max_pair_nodes}
        return {"filters": self.filters, **switches, **limit, **self.others, **channels}


def read_bank(path: str | Path) -> BankConfig:
    """Read `bank.json`.

    Raises
    ------
    MspeError
        If the file is missing, damaged, or holds something else.
    """
    bank, known = validate(BankConfig, read_json(path), str(path)), known_others()
    for name in bank.others:
        if name not in known:
            raise MspeError(
                f"{path}: unknown encoding {name!r}; known: {', '.join(sorted(known))}; load the plug-in that has "
                "it (encodings.plugins), or run the stage that writes the bank (`dvc repro`)"
            )
    return bank


def as_bank(config: BankConfig | Mapping[str, Any] | str) -> BankConfig:
    """Return a bank from its configuration, or from a preset's name.

    Raises
    ------
    MspeError
        If there is no such preset, or a value is not allowed.

    Examples
    --------
    >>> as_bank("rwse").pair
    False
    """
    return validate(BankConfig, choose("preset", config, PRESETS) if isinstance(config, str) else config, "bank")


def _inside(paths: Any) -> Any:
    if isinstance(paths, (list, tuple)) and all(isinstance(path, str) for path in paths):
        for path in paths:
            check_has_copy(path)
    return paths


def _load(paths: Any) -> Any:
    if isinstance(_inside(paths), (list, tuple)) and all(isinstance(path, str) for path in paths):
        load_plugins(paths)
    return paths


def _read_filters(values: Any) -> Any:
    if not isinstance(values, Mapping):
        return values
    known = known_filters()
    unknown = [name for name in values if name not in known]
    if unknown:
        raise PathError((unknown[0],), f"unknown key; known here: {', '.join(sorted(known))}")
    return {name: read_params(known[name], values[name], (name,)) for name in known if name in values}


class EncodingParams(Section):
    """Choice of encodings, of their scales, and of where they are used.

    Beside the fields, each encoding that is no filter stands under its own name: `degree`, `eigenvectors`, `distance`,
    and those of plug-ins.
    """

    model_config = ConfigDict(extra="allow")

    plugins: Annotated[Tuple[str], BeforeValidator(_load)] = ()
    """Python files that register further encodings; they are run when the parameters are read."""
    files: Annotated[Tuple[str], BeforeValidator(_inside)] = ()
    """Files that encodings read, which the pipeline watches: see `check_files`."""
    preset: PresetName | None = None
    """A published encoding by name; it replaces the filters, `node`, `pair` and the other encodings."""
    filters: Annotated[dict[str, Any], BeforeValidator(_read_filters)] = Field(default_factory=dict)
    """Scales of each filter of the spectrum, by its name."""
    node: bool = True
    """Whether encodings with channels of both kinds, filters and others, have node channels."""
    pair: bool | Literal["auto", "edges"] = "auto"
    """Whether encodings with channels of both kinds have pair channels; `auto`: of graphs of up to `max_pair_nodes`;
    `edges`: at the edges of graphs of any size, alone, where message passing reads them."""
    trainable: bool = False
    """Whether times and restarts are parameters of the model, starting from the scales given."""
    max_pair_nodes: PositiveInt = 512
    """Nodes up to which a graph has pair channels."""
    backend: Literal["auto", "dense", "chebyshev", "stochastic"] = "auto"
    """How spectra are found; `auto`: by each graph's number of nodes."""

    @model_validator(mode="after")
    def _others_are_encodings(self) -> "EncodingParams":
        self.others()
        return self

    def others(self) -> dict[str, Section]:
        """Return the parameters of the encodings in use that are no filters, by name."""
        known, given = known_others(), self.model_extra or {}
        unknown = [name for name in given if name not in known]
        if unknown:
            names = sorted([*type(self).model_fields, *known])
            raise PathError((unknown[0],), f"unknown key; known here: {', '.join(names)}")
        read = {name: read_params(known[name], given[name], (name,)) for name in known if name in given}
        return {name: params for name, params in read.items() if params is not None}

    def operators(self) -> list[str]:
        """Return the operators beside the normalised Laplacian whose spectra the chosen encodings read, by name."""
        chosen = self if self.preset is None else _of_preset(self.preset)
        given = {**chosen.filters, **chosen.others()}
        used = (ENCODINGS[name].operators_of(params) for name, params in given.items() if params is not None)
        return further(frozenset().union(*used))

    def check_files(self) -> None:
        """Refuse an encoding that reads a file which `files` does not list: no stage would notice its changes.

        Raises
        ------
        MspeError
            If there is one.
        """
        for name, params in self.others().items():
            missing = [file for file in known_others()[name].files_of(params) if file not in self.files]
            if missing:
                raise MspeError(
                    f"encodings.{name}: reads {missing[0]}, which encodings.files does not list, so no stage would "
                    f"notice its changes; set encodings.files=[{missing[0]}]"
                )

    def resolve(self, statistics: GraphStatistics) -> BankConfig:
        """Return the bank with every rule written out as numbers.

        Raises
        ------
        MspeError
            If pair channels are asked for where the largest graph has too many nodes.
        """
        chosen = self if self.preset is None else _of_preset(self.preset)
        filters = _resolved(known_filters(), chosen.filters, statistics)
        others = _resolved(known_others(), chosen.others(), statistics)
        limit = self._largest_with_pairs()
        fits = statistics.max_nodes <= limit
        some_fit = fits or any(size <= limit for size in statistics.sizes)
        both = filters | {name: params for name, params in others.items() if _has_both(name, params)}
        asked = bool(both) and chosen.pair
        pair = asked if asked == EDGES else asked is True or (asked == AUTO and some_fit)
        if pair == EDGES:
            self._refuse_large_edges(both, statistics.max_nodes)
        if asked == AUTO and not some_fit:
            logger.warning(
                "pair channels are off: the largest graph has %d nodes, encodings.max_pair_nodes is %d, backend %s; "
                "encodings.pair=edges has them at the edges, for message passing",
                *(statistics.max_nodes, self.max_pair_nodes, choose_backend(self.backend, statistics.max_nodes)),
            )
        if not fits:
            pairs_alone = {name: params for name, params in others.items() if name not in both and not some_fit}
            self._refuse_pairs(both if asked is True else {}, pairs_alone, statistics.max_nodes)
        bank = BankConfig(
            filters={name: params.model_dump(mode="json") for name, params in filters.items()},
            trainable=self.trainable,
            node=chosen.node,
            pair=pair,
            max_pair_nodes=None if fits or not some_fit else limit,
            others={name: params.model_dump(mode="json") for name, params in others.items()},
        )
        if bank.max_pair_nodes is not None:
            logger.warning(
                "pair channels are off (zeros) for graphs of more than %d nodes: %d of the %d training graphs, the "
                "largest graph has %d; encodings.max_pair_nodes, and encodings.backend=dense, raise the limit",
                *(limit, statistics.count_above(limit), sum(statistics.sizes.values()), statistics.max_nodes),
            )
        return bank

    def _largest_with_pairs(self) -> int:
        """Nodes up to which a graph has pair channels: it needs eigenvectors, and to fit into memory."""
        if self.backend == "auto":
            return min(self.max_pair_nodes, DENSE_MAX_NODES)
        return self.max_pair_nodes if self.backend == "dense" else 0

    def _refuse_large_edges(self, both: dict[str, Section], max_nodes: int) -> None:
        """Refuse channels on edges that need eigenvectors, or are trained, where a graph is too large for any."""
        if choose_backend(self.backend, max_nodes) == "dense":
            return
        for name, params in both.items():
            stored = ENCODINGS[name].from_params(params, self.trainable).stored
            if name in known_filters() and stored:
                continue
            reason = "needs eigenvectors" if stored else "is trained"
            raise MspeError(
                f"encodings.pair: got edges, but {name} {reason}, and the largest graph has {max_nodes} nodes (backend "
                f"{choose_backend(self.backend, max_nodes)}), allowed: filters that are not trained; set "
                "encodings.pair=auto, or encodings.backend=dense where memory allows"
            )

    def _refuse_pairs(self, both: dict[str, Section], pairs_alone: dict[str, Section], max_nodes: int) -> None:
        """Refuse pair channels, which would not fit into memory."""
        alone = {name: {name: params} for name, params in pairs_alone.items()}
        for parameter, encodings in {"pair": both, **alone}.items():
            built = (ENCODINGS[name].from_params(params, trainable=False) for name, params in encodings.items())
            channels = sum(len(encoding.pair_channels) for encoding in built)
            if not channels:
                continue
            least = "auto" if parameter == "pair" else "null"
            other = None if parameter == "pair" else ENCODINGS[parameter].for_large
            instead = "" if other is None else f" and take encodings.{other}"
            backend, gigabytes = choose_backend(self.backend, max_nodes), 4 * max_nodes**2 * channels / 1e9
            raise MspeError(
                f"encodings.{parameter}: the largest graph has {max_nodes} nodes (backend {backend}), and {channels} "
                f"pair channels of it would take {gigabytes:.1f} GB; set encodings.{parameter}={least}{instead}, "
                "or raise encodings.max_pair_nodes and set encodings.backend=dense"
            )


def _resolved(
    known: Mapping[str, type[Encoding]], given: Mapping[str, Section | None], statistics: GraphStatistics
) -> dict[str, Section]:
    return {name: known[name].resolve(params, statistics) for name, params in given.items() if params is not None}


def _has_both(name: str, params: Section) -> bool:
    encoding = ENCODINGS[name].from_params(params, trainable=False)
    return bool(encoding.node_channels and encoding.pair_channels)


def _of_preset(name: str) -> EncodingParams:
    preset = PRESETS[name]
    return EncodingParams.model_validate({**preset, "pair": AUTO if preset["pair"] else False})
