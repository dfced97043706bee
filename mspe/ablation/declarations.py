"""What the names of variants mean."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from mspe.ablation.config import ABLATION_PARAMS, AblationParams
from mspe.ablation.variant import Variant
from mspe.common.errors import MspeError
from mspe.common.merge import merged
from mspe.common.section import validate
from mspe.common.shown import shortened
from mspe.config import Params, apply_settings
from mspe.encodings import ENCODINGS, PRESETS, BankConfig, EncodingSet, Filter, GraphStatistics
from mspe.encodings.config import default_params
from mspe.encodings.registry import known_filters, known_others
from mspe.encodings.scales import AUTO
from mspe.graphs import GraphSchema
from mspe.models import get_model, model_arguments
from mspe.training import TrainingParams

ALL = "all"
ONLY, WITHOUT = "only_", "without_"


def expand_variants(
    ablation: AblationParams,
    values: Mapping[str, Any],
    statistics: GraphStatistics,
    settings: Mapping[str, Any] | None = None,
    source: str = ABLATION_PARAMS,
) -> list[Variant]:
    """Write every variant out.

    A name is looked up in `definitions` first. Then there are `all`, the bank of `params.yaml`; the presets, `none`
    among them; every encoding by its own name, alone and with default parameters; `only_<filter>`, one filter of the
    bank and nothing else; `only_<filter>_<scale>`, one of its channels; and `without_<filter>` and
    `without_<filter>_<scale>`, the whole bank without these.

    Parameters
    ----------
    ablation
        What is declared.
    values
        The content of `params.yaml`.
    statistics
        Of the graphs, from which the section `encodings` is resolved.
    settings
        What `auto` stands for, as `apply_settings` takes it; None: what the dataset that the values name would set.
    source
        Where the variants are declared, for messages.

    Raises
    ------
    MspeError
        If a name has no meaning, or names a filter or a scale that the bank lacks, or a parameter is not allowed.
    """
    values = merged(values, {"training": ablation.training, "model": ablation.model})
    if settings is not None:
        values = apply_settings(values, settings)
    return [_expand(name, ablation, values, statistics, source) for name in ablation.variants]


def _expand(
    name: str, ablation: AblationParams, values: Mapping[str, Any], statistics: GraphStatistics, source: str
) -> Variant:
    params = validate(Params, merged(values, _changes(name, ablation, source)), f"{source}: variant {name}")
    bank = params.encodings.resolve(statistics)
    if name not in ablation.definitions and name.startswith((ONLY, WITHOUT)):
        bank = _cut(name, bank, source)
    return Variant(name, EncodingSet.from_config(bank).config(), params.model, params.training)


def _changes(name: str, ablation: AblationParams, source: str) -> dict[str, Any]:
    """What the name lays over the parameters."""
    if name in ablation.definitions:
        return ablation.definitions[name].model_dump()
    if name in PRESETS:
        return {"encodings": {"preset": name}}
    if name in ENCODINGS:
        return {"encodings": _alone(name)}
    if name == ALL or name.startswith((ONLY, WITHOUT)):
        return {}
    raise MspeError(
        f"{source}: variants: got {shortened(name)}, allowed: {ALL}, the presets {shortened(', '.join(PRESETS), 200)}, "
        "an encoding's name as `mspe encodings` lists them, only_<filter>, only_<filter>_<scale>, without_<filter>, "
        "without_<filter>_<scale>, and the names under definitions"
    )


def _alone(name: str) -> dict[str, Any]:
    """What lays one encoding over a section `encodings`, with its default parameters, and takes all others away."""
    filters: dict[str, Any] = dict.fromkeys(known_filters())
    rest: dict[str, Any] = {**dict.fromkeys(known_others()), "preset": None, "trainable": False}
    rest |= {"node": True, "pair": AUTO}
    chosen = {name: default_params(ENCODINGS[name]) or True}
    if issubclass(ENCODINGS[name], Filter):
        return {**rest, "filters": {**filters, **chosen}}
    return {**rest, "filters": filters, **chosen}


def _cut(name: str, bank: BankConfig, source: str) -> BankConfig:
    """The bank with only, or without, the filter or the channel that the name says."""
    only = name.startswith(ONLY)
    wanted = name.removeprefix(ONLY if only else WITHOUT)
    known = parts(bank.filters)
    if wanted not in known:
        raise MspeError(
            f"{source}: variants: got {name}, but the whole bank, encodings.filters, has no {wanted}; it has "
            f"{shortened(', '.join(known), 200) or 'none'}"
        )
    if only:
        return bank.model_copy(update={"others": {}, "filters": known[wanted]})
    return bank.model_copy(update={"filters": _without(bank.filters, known[wanted])})


def parts(filters: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Every filter, and every single channel, by the name that variants give it, as filters of a bank.

    Examples
    --------
    >>> parts({"heat": {"times": [0.5, 2.0]}})["heat_0.5"]
    {'heat': {'times': [0.5]}}
    """
    found: dict[str, dict[str, Any]] = {}
    for name, values in filters.items():
        found[name] = {name: dict(values)}
        for key, scales in values.items():
            if isinstance(scales, Sequence):
                found.update({f"{name}_{scale:g}": {name: {key: [scale]}} for scale in scales})
    return found


def with_epochs(training: TrainingParams, epochs: int) -> TrainingParams:
    """Return the same training over fewer or more epochs, with the same share of them to warm up.

    Examples
    --------
    >>> shorter = with_epochs(TrainingParams.model_validate({"epochs": 24, "scheduler": {"warmup_epochs": 3}}), 8)
    >>> shorter.epochs, shorter.scheduler.warmup_epochs
    (8, 1)
    """
    warmup = training.scheduler.warmup_epochs
    if warmup is not None:
        warmup = min(round(warmup * epochs / training.epochs), epochs - 1)
    scheduler = training.scheduler.model_copy(update={"warmup_epochs": warmup})
    return training.model_copy(update={"epochs": epochs, "scheduler": scheduler})


def single_scale(bank: BankConfig) -> tuple[str, float] | None:
    """Return the filter and the scale of a bank of one channel; None of any other bank.

    Examples
    --------
    >>> single_scale(BankConfig(filters={"heat": {"times": [4.0]}}))
    ('heat', 4.0)
    """
    scales = [(name, scale) for name, values in bank.filters.items() for scale in _scales_of(values)]
    return scales[0] if len(scales) == 1 and not _others_in_use(bank) and len(bank.filters) == 1 else None


def _others_in_use(bank: BankConfig) -> dict[str, Any]:
    return {name: value for name, value in bank.others.items() if value}


def _scales_of(values: Mapping[str, Any]) -> list[float]:
    lists = [value for value in values.values() if isinstance(value, Sequence) and not isinstance(value, str)]
    return [float(scale) for scales in lists for scale in scales]


def describe_bank(bank: BankConfig) -> str:
    """Return what a bank consists of, in words.

    Examples
    --------
    >>> describe_bank(BankConfig(filters={"heat": {"times": [0.5, 4.0]}}, others={"degree": True}, pair=False))
    'heat 0.5, 4 (nodes); degree'
    >>> describe_bank(BankConfig(others={"resistance": True, "distance": 5}, node=False))
    'resistance (pairs); distance 5'
    >>> describe_bank(BankConfig(others={"magnetic": {"potentials": [0.1, 0.25], "steps": [2]}}))
    'magnetic (potentials 0.1, 0.25; steps 2)'
    >>> describe_bank(BankConfig())
    'nothing'
    """
    words = {name: ", ".join(f"{scale:g}" for scale in _scales_of(values)) for name, values in bank.filters.items()}
    words |= {name: "" if value is True else _in_words(value) for name, value in _others_in_use(bank).items()}
    groups = groupby(words, key=lambda name: _places_off(name, bank))
    return "; ".join("; ".join(f"{name} {words[name]}".strip() for name in names) + off for off, names in groups) or (
        "nothing"
    )


def _places_off(name: str, bank: BankConfig) -> str:
    """What is said of an encoding that has channels of both kinds, and only one of them in this bank."""
    about = ENCODINGS[name].about if name in ENCODINGS else None
    has_both = about is not None and len(about.places) == 2
    edges = {(True, "edges"): " (nodes, edges)", (False, "edges"): " (edges)"}
    places: dict[Any, str] = {(True, False): " (nodes)", (False, True): " (pairs)", **edges}
    return places.get((bank.node, bank.pair), "") if has_both else ""


def _in_words(value: Any) -> str:
    """A parameter, or several by name."""
    if isinstance(value, Mapping):
        return "(" + "; ".join(f"{name} {_in_words(one)}" for name, one in value.items()) + ")"
    if isinstance(value, list | tuple):
        return ", ".join(map(_in_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _without(filters: Mapping[str, Mapping[str, Any]], part: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The filters without a part; a filter of which nothing is left is gone."""
    left = {}
    for name, values in filters.items():
        if name not in part:
            left[name] = dict(values)
        elif part[name] != values:
            left[name] = {key: [scale for scale in values[key] if scale not in cut] for key, cut in part[name].items()}
    return left


def parameter_counts(variants: Sequence[Variant], schema: GraphSchema) -> dict[str, int]:
    """By variant, how many numbers its model learns on a dataset."""
    models = {v.name: get_model(**model_arguments(v.model, schema, v.bank, v.training.loss)) for v in variants}
    return {name: sum(p.numel() for p in model.parameters() if p.requires_grad) for name, model in models.items()}


def check_equal_size(counts: Mapping[str, int], baseline: str, tolerance: float, source: str = ABLATION_PARAMS) -> None:
    """Refuse variants whose models are not of the baseline's size: more parameters alone may help.

    Raises
    ------
    MspeError
        If a number of parameters differs from the baseline's by more than the tolerance, a fraction.
    """
    size = counts[baseline]
    far = [f"{name} {count:,}" for name, count in counts.items() if abs(count - size) > tolerance * size]
    if far:
        raise MspeError(
            f"{source}: parameters of {shortened(', '.join(far), 300)}, allowed: within {100 * tolerance:g} % "
            f"of {size:,}, which {baseline} has; define the variant with another model.pair_dim, "
            "model.feed_forward_factor or model.hidden_dim, or raise parameter_tolerance"
        )
